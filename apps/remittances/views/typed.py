"""The claims that a person types on a page: read field by field, so that each that cannot be read says so beside it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from apps.claims.models import Claim
from apps.remittances.rules.billed import BilledClaim, BilledLine
from apps.remittances.rules.entered import (
    EnteredClaim,
    EnteredLine,
    UnreadableEntryError,
    read_adjustments,
    read_dollars,
    read_remarks,
)
from apps.remittances.selectors.by_hand import claims_to_enter
from apps.x12.guides.x835 import Adjustment

STATUSES = (
    ("1", "As the first payer (1)"),
    ("2", "As the second payer (2)"),
    ("3", "As the third payer (3)"),
    ("4", "Denied (4)"),
    ("22", "Taken back (22), entered as it was paid"),
)


@dataclass(slots=True)
class TypedText:
    """One field: its name, what stands in it, and why that cannot be read."""

    name: str
    value: str
    error: str = ""

    def read(self, how: Callable[[str], Any], otherwise: Any) -> Any:
        try:
            return how(self.value)
        except UnreadableEntryError as refusal:
            self.error = str(refusal)
            return otherwise


@dataclass(slots=True)
class TypedLine:
    number: int
    ours: BilledLine
    paid: TypedText
    codes: TypedText
    remarks: TypedText
    entered: EnteredLine
    problem: str = ""

    @property
    def said(self) -> tuple[Adjustment, ...]:
        return self.entered.adjustments

    @property
    def errors(self) -> list[str]:
        return [each.error for each in (self.paid, self.codes, self.remarks) if each.error]


@dataclass(slots=True)
class TypedClaim:
    claim: Claim
    status: TypedText
    payer_number: TypedText
    lines: list[TypedLine]
    entered: EnteredClaim


class TypedClaims:
    """`data` names the claims by their public ids (`claim`, repeated), each of their fields by claim and line."""

    def __init__(self, data: QueryDict) -> None:
        self._data = data
        self._ids = list(dict.fromkeys(data.getlist("claim")))
        self.number = ""
        self.fresh = ""

    def add(self, number: str) -> None:
        """The claim of this number; where there is none, or it stands here already, `number` says which was asked for."""
        self.number = number
        found = claims_to_enter(number=number)
        if found and found[0].claim.public_id not in self._ids:
            self.number, self.fresh = "", found[0].claim.public_id
            self._ids.append(self.fresh)

    def remove(self, public_id: str) -> None:
        self._ids = [each for each in self._ids if each != public_id]

    def read(self) -> list[TypedClaim]:
        """In the order in which they were added."""
        found = {each.claim.public_id: each for each in claims_to_enter(public_ids=self._ids)}
        return [self._claim(found[each].claim, found[each].billed) for each in self._ids if each in found]

    def _claim(self, claim: Claim, billed: BilledClaim) -> TypedClaim:
        place = str(min(billed.payer_rank, 3))
        status = self._text(claim, "status", place)
        payer_number = self._text(claim, "number", billed.payer_claim_number)
        lines = [self._line(claim, number, line) for number, line in enumerate(billed.lines, start=1)]
        known = status.value if status.value in dict(STATUSES) else place
        entered = EnteredClaim(billed, tuple(line.entered for line in lines), known, payer_number.value)
        return TypedClaim(claim, status, payer_number, lines, entered)

    def _line(self, claim: Claim, number: int, ours: BilledLine) -> TypedLine:
        paid, codes, remarks = (self._text(claim, f"{number}-{name}") for name in ("paid", "codes", "remarks"))
        entered = EnteredLine(
            ours,
            paid.read(read_dollars, Decimal("0.00")),
            codes.read(read_adjustments, ()),
            remarks.read(read_remarks, ()),
        )
        return TypedLine(number, ours, paid, codes, remarks, entered)

    def _text(self, claim: Claim, name: str, initial: str = "") -> TypedText:
        key = f"{claim.public_id}-{name}"
        return TypedText(key, str(self._data.get(key, initial)).strip()[:200])


def unreadable(claims: Iterable[TypedClaim]) -> bool:
    return any(line.errors for claim in claims for line in claim.lines)


def tell(claims: Iterable[TypedClaim], sentences: Mapping[tuple[str, int], str]) -> None:
    """Each line's own imbalance beside it; `sentences` by the claim's number and the line's."""
    for claim in claims:
        for line in claim.lines:
            line.problem = sentences.get((claim.entered.billed.control_number, line.number), "")
