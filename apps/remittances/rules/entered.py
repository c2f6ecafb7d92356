"""What a person enters of a payment, from a payer's paper or for money that waits here, and whether it adds up. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from apps.remittances.rules.billed import BilledClaim, BilledLine
from apps.remittances.rules.plan import REVERSAL
from apps.remittances.rules.words import dollars
from apps.x12.guides.x835 import Adjustment

ZERO = Decimal("0.00")
# Dollars of one line or adjustment; so that no sum of them is more than the books can keep (`rules.keepable`).
MORE_THAN_ANY = Decimal(10**7)
# PLB03-1 CS: what stood elsewhere is put where it belongs; it comes from cash not applied.
FROM_CASH_NOT_APPLIED = "CS"
_AMOUNT = r"-?\$?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?(?![\d.])"
_ADJUSTMENT = re.compile(
    rf"\s*(CO|PR|OA|PI)[-\s]*([A-Z]?\d{{1,4}}|[A-Z]{{1,2}}\d{{1,3}})\s*[\s:=]\s*({_AMOUNT})\s*[;,]?", re.IGNORECASE
)
_PROVIDER = re.compile(rf"\s*([A-Z0-9]{{2}})\s*[\s:=]\s*({_AMOUNT})[ \t]*([^;\n]*)[;\n]?", re.IGNORECASE)
_REMARK = re.compile(r"[A-Z]{1,2}\d{1,4}")


class UnreadableEntryError(ValueError):
    """What was typed cannot be read. The message says how it is written, for the person who typed it."""


@dataclass(frozen=True, slots=True)
class EnteredLine:
    """One of our lines as the payer's paper tells it, dollars, as a positive answer."""

    line: BilledLine
    paid: Decimal
    adjustments: tuple[Adjustment, ...] = ()
    remark_codes: tuple[str, ...] = ()

    @property
    def left(self) -> Decimal:
        """What of the charge nothing explains; negative where more is explained than was charged."""
        return self.line.amount - self.paid - sum((each.amount for each in self.adjustments), ZERO)


@dataclass(frozen=True, slots=True)
class EnteredClaim:
    """`status` is CLP02. A reversal (22) is entered as the answer that it takes back, and counts negative."""

    billed: BilledClaim
    lines: tuple[EnteredLine, ...]
    status: str = "1"
    payer_claim_number: str = ""

    @property
    def sign(self) -> int:
        return -1 if self.status == REVERSAL else 1

    @property
    def paid(self) -> Decimal:
        return self.sign * sum((line.paid for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class EnteredAdjustment:
    """A PLB pair: positive takes from the payment."""

    reason: str
    amount: Decimal
    reference: str = ""


@dataclass(frozen=True, slots=True)
class EnteredPayment:
    """`apart`: dollars of it that are set apart. `amount`: of the check, or what waits here."""

    amount: Decimal
    claims: tuple[EnteredClaim, ...] = ()
    adjustments: tuple[EnteredAdjustment, ...] = ()
    apart: Decimal = ZERO

    @property
    def paid(self) -> Decimal:
        return sum((claim.paid for claim in self.claims), ZERO)

    @property
    def adjusted(self) -> Decimal:
        return sum((each.amount for each in self.adjustments), ZERO)

    @property
    def rest(self) -> Decimal:
        """What of the amount nothing explains."""
        return self.amount - self.paid + self.adjusted - self.apart


@dataclass(frozen=True, slots=True)
class Imbalance:
    """`claim` and `line` are their numbers with us, empty and 0 for the payment as a whole."""

    sentence: str
    claim: str = ""
    line: int = 0


def imbalances(entered: EnteredPayment) -> Iterator[Imbalance]:
    """Everything that does not add up, the lines first."""
    for claim in entered.claims:
        for number, line in enumerate(claim.lines, start=1):
            if line.left:
                yield Imbalance(_line_sentence(line), claim.billed.control_number, number)
    if not entered.claims:
        yield Imbalance("Enter at least one claim.")
    elif entered.rest:
        yield Imbalance(rest_of(entered))


def _line_sentence(line: EnteredLine) -> str:
    if line.left > 0:
        return f"{dollars(line.left)} of {dollars(line.line.amount)} is neither paid nor adjusted."
    return f"Paid and adjusted are {dollars(-line.left)} more than the charge of {dollars(line.line.amount)}."


def rest_of(entered: EnteredPayment) -> str:
    """Why the payment as a whole does not add up."""
    if entered.rest > 0:
        return f"{dollars(entered.rest)} of {dollars(entered.amount)} has no place yet."
    return f"The parts are {dollars(-entered.rest)} more than {dollars(entered.amount)}."


def read_adjustments(text: str) -> tuple[Adjustment, ...]:
    """`CO-45 20.00, PR-2 10.00`: group, reason and dollars of each. Raises UnreadableEntryError."""
    found, at = [], 0
    while text[at:].strip():
        match = _ADJUSTMENT.match(text, at)
        if match is None:
            raise UnreadableEntryError(f"Write each as CO-45 20.00. This cannot be read: {text[at:].strip()[:30]}")
        group, reason, amount = match.groups()
        found.append(Adjustment(group.upper(), reason.upper(), _dollars(amount)))
        at = match.end()
    return tuple(found)


def read_provider_adjustments(text: str) -> tuple[EnteredAdjustment, ...]:
    """`WO 25.00 reference; L6 -1.20`: reason, dollars, perhaps a reference. Raises UnreadableEntryError."""
    found, at = [], 0
    while text[at:].strip():
        match = _PROVIDER.match(text, at)
        if match is None:
            raise UnreadableEntryError(f"Write each as WO 25.00. This cannot be read: {text[at:].strip()[:30]}")
        reason, amount, reference = match.groups()
        found.append(EnteredAdjustment(reason.upper(), _dollars(amount), reference.strip(" ,")[:50]))
        at = match.end()
    return tuple(found)


def read_remarks(text: str) -> tuple[str, ...]:
    """`N130 MA01`. Raises UnreadableEntryError."""
    codes = tuple(dict.fromkeys(re.split(r"[\s,;]+", text.strip().upper()))) if text.strip() else ()
    for code in codes:
        if not _REMARK.fullmatch(code):
            raise UnreadableEntryError(f"A remark code is letters and digits such as N130, not {code[:20]}.")
    return codes


def read_dollars(text: str) -> Decimal:
    """An empty field is 0.00. Raises UnreadableEntryError."""
    if not text.strip():
        return ZERO
    if not re.fullmatch(_AMOUNT, text.strip()):
        raise UnreadableEntryError("Write dollars and cents, such as 80.00.")
    return _dollars(text.strip())


def _dollars(text: str) -> Decimal:
    amount = Decimal(text.replace("$", "").replace(",", ""))
    if abs(amount) >= MORE_THAN_ANY:
        raise UnreadableEntryError(f"{text[:30]} is more than any payment comes to.")
    return amount.quantize(Decimal("0.01"))
