from django.conf import settings
from django.db import models

from apps.claims.models.reviews import Reviewed
from apps.worklist.models import WorkItem


class RuleBook(Reviewed):
    """The built-in rules of one kind of work and who answers for them (DOMAIN 2.8). A row from the first morning on."""

    class Kind(models.TextChoices):
        CODING = "coding", "Coding rules"
        BILLING = "billing", "Billing rules"

    kind = models.CharField(max_length=7, choices=Kind, unique=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: every coder, or every biller",
    )

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def role(self) -> WorkItem.OwnerRole:
        """Whose work its review is where nobody in person answers for it."""
        return WorkItem.OwnerRole.CODER if self.kind == self.Kind.CODING else WorkItem.OwnerRole.BILLER

    @property
    def whole_role(self) -> str:
        """That role, in words."""
        return f"Every {self.role.value}"

    @property
    def whose(self) -> str:
        return self.owner.display_name if self.owner else self.whole_role
