"""A CLP on its way into the books."""

from dataclasses import dataclass

from apps.remittances.models import RemittancePayment, RemittedClaim
from apps.remittances.rules.plans import Plan
from apps.x12.guides import x835


@dataclass(frozen=True, slots=True)
class Planned:
    """A CLP, which one of its payment it is (from 1), and what is to be done. `row` exists when it had been held before."""

    number: int
    item: x835.RemittedClaim | x835.UnreadableClaim
    plan: Plan
    row: RemittedClaim | None = None

    def key(self, payment: RemittancePayment) -> str:
        """That of its row."""
        return f"{payment.public_id}:{self.number}"
