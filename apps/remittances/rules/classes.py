"""How each adjustment (CAS) is posted: a table of payer, group, CARC and RARC (DOMAIN 4). The most specific row wins."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

CENT = Decimal("0.01")


class AdjustmentClass(StrEnum):
    CONTRACTUAL = "contractual"
    COST_SHARE = "cost_share"
    PRIOR_PAYER = "prior_payer"
    INFORMATIONAL = "informational"
    DENIAL = "denial"


@dataclass(frozen=True, slots=True)
class ClassRow:
    """Empty group, RARC or payer: any."""

    carc: str
    adjustment_class: AdjustmentClass
    group: str = ""
    rarc: str = ""
    payer_id: int | None = None

    @property
    def weight(self) -> tuple[bool, bool, bool]:
        return (self.payer_id is not None, bool(self.rarc), bool(self.group))


# Reductions that the contract allows. PR is not among the groups: whether a patient may be charged is a person's decision.
# 24 (capitation) is contractual only for a capitated payer, by a row of its own.
_CONTRACTUAL = ("45", "44", "59", "94", "104", "131", "144", "161", "237", "253")
_COST_SHARE = ("1", "2", "3", "66", "241")

DEFAULT_ROWS: tuple[ClassRow, ...] = (
    *(ClassRow(carc, AdjustmentClass.CONTRACTUAL, group) for carc in _CONTRACTUAL for group in ("CO", "OA", "PI")),
    *(ClassRow(carc, AdjustmentClass.COST_SHARE, "PR") for carc in _COST_SHARE),
    ClassRow("23", AdjustmentClass.PRIOR_PAYER, "OA"),
    ClassRow("246", AdjustmentClass.INFORMATIONAL),
)


class ClassTable:
    """The rows that count for one payer, found by CARC."""

    def __init__(self, rows: Iterable[ClassRow] = (), payer_id: int | None = None) -> None:
        """`rows` are the practice's own; they stand before the defaults."""
        self._by_carc: dict[str, list[ClassRow]] = {}
        for row in (*rows, *DEFAULT_ROWS):
            if row.payer_id in (None, payer_id):
                self._by_carc.setdefault(row.carc, []).append(row)
        for found in self._by_carc.values():
            found.sort(key=lambda row: row.weight, reverse=True)

    def classify(self, group: str, carc: str, *, charge: Decimal, remarks: Sequence[str] = ()) -> AdjustmentClass:
        """`charge` is the line's, dollars: a reporting line of a cent denies nothing. An unknown code is a denial, and posts."""
        for row in self._by_carc.get(carc, ()):
            if row.group in ("", group) and (not row.rarc or row.rarc in remarks):
                return row.adjustment_class
        return AdjustmentClass.INFORMATIONAL if abs(charge) <= CENT else AdjustmentClass.DENIAL
