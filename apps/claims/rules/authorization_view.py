"""A patient's authorizations and referrals at the claim's payer."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

AUTHORIZATION, REFERRAL = "authorization", "referral"


@dataclass(frozen=True, slots=True)
class AuthorizationView:
    """`procedures` empty: any. `allowed` units, of a referral visits; None: no limit told. `used` by other claims."""

    kind: str
    number: str
    procedures: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    allowed: Decimal | None = None
    used: Decimal = Decimal(0)

    def holds_on(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)

    def covers(self, procedure: str) -> bool:
        return not self.procedures or procedure in self.procedures
