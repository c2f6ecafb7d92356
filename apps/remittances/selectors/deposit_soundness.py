"""What `manage.py check_ledger` proves of deposits: the sums kept beside bank lines and payments are those of their matches."""

from django.db.models import DecimalField, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from apps.core.money import ZERO
from apps.core.soundness import FEW
from apps.remittances.models import BankLine, DepositMatch, ExpectedDeposit

_REMEDY = "Take its matches apart and match them again (Remittances, Deposits)."


def deposit_faults() -> list[str]:
    """A sentence for each bank line or payment whose kept sum differs; the first few of each, then their number."""
    lines = BankLine.objects.annotate(matched=_matched("line")).exclude(explained=F("matched"))
    payments = ExpectedDeposit.objects.annotate(matched=_matched("expected")).exclude(received=F("matched"))
    faults = [
        f"Bank line {row.public_id}: explained {row.explained}, matched {row.matched}. {_REMEDY}"
        for row in lines.order_by("pk")[:FEW]
    ]
    faults += [
        f"Deposit {row.public_id}: received {row.received}, matched {row.matched}. {_REMEDY}"
        for row in payments.order_by("pk")[:FEW]
    ]
    number = lines.count() + payments.count()
    return [*faults, f"{number - len(faults)} more of this kind."] if number > len(faults) else faults


def _matched(side: str) -> Coalesce:
    standing = DepositMatch.objects.filter(state=DepositMatch.State.STANDING, **{side: OuterRef("pk")})
    sums = standing.order_by().values(side).annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(sums), Value(ZERO), output_field=DecimalField(max_digits=14, decimal_places=2))
