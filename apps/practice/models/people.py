from django.conf import settings
from django.db import models

from apps.practice.roles import Role


class Membership(models.Model):
    """What a signed-in person is here. One role each; the role's permissions are a table in `roles`."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="membership")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"
