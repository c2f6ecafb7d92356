"""How each adjustment (CAS) is posted: a table of payer, group, CARC and RARC (DOMAIN 4).

The practice's rows stand before the defaults; of each the most specific wins.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

CENT = Decimal("0.01")
CAPITATION = "24"
GROUPS = ("CO", "OA", "PI", "PR")
# Groups that no patient may be billed for.
NOT_THE_PATIENTS = ("CO", "OA", "PI")
DEFAULT_SOURCE = "X12 005010X221A1, CAS"
_CARC = re.compile(r"[A-Z0-9]{1,5}")
_RARC = re.compile(r"[A-Z]{1,2}[0-9]{1,4}")


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

    @property
    def problem(self) -> str:
        """Why it cannot stand, in a sentence; empty when it can."""
        if not _CARC.fullmatch(self.carc):
            return "A reason code has one to five letters and digits, such as 45 or B7."
        if self.rarc and not _RARC.fullmatch(self.rarc):
            return "A remark code is letters and then digits, such as N130 or MA15."
        if self.adjustment_class is AdjustmentClass.COST_SHARE and self.group != "PR":
            return "Only group PR can be the patient's share: no patient may be billed for what stands under another."
        return ""

    def replaces(self, other: "ClassRow") -> bool:
        """Whether nothing is left of `other`, a default, once this row of the practice stands."""
        return self.carc == other.carc and not self.rarc and self.payer_id is None and self.group in ("", other.group)


# Reductions that the contract allows. PR is not among the groups: whether a patient may be charged is a person's decision.
# 24 (capitation) is contractual only for a capitated payer, by a row of its own.
_CONTRACTUAL = ("45", "44", "59", "94", "104", "131", "144", "161", "237", "253")
_COST_SHARE = ("1", "2", "3", "66", "241")

DEFAULT_ROWS: tuple[ClassRow, ...] = (
    *(ClassRow(carc, AdjustmentClass.CONTRACTUAL, group) for carc in _CONTRACTUAL for group in NOT_THE_PATIENTS),
    *(ClassRow(carc, AdjustmentClass.COST_SHARE, "PR") for carc in _COST_SHARE),
    ClassRow("23", AdjustmentClass.PRIOR_PAYER, "OA"),
    ClassRow("246", AdjustmentClass.INFORMATIONAL),
)


class ClassTable:
    """The rows that count for one payer, found by CARC."""

    def __init__(self, rows: Iterable[ClassRow] = (), payer_id: int | None = None) -> None:
        """`rows` are the practice's own; they stand before the defaults."""
        self._by_carc: dict[str, list[ClassRow]] = {}
        own = sorted(rows, key=lambda row: row.weight, reverse=True)
        defaults = sorted(DEFAULT_ROWS, key=lambda row: row.weight, reverse=True)
        for row in (*own, *defaults):
            if row.payer_id in (None, payer_id):
                self._by_carc.setdefault(row.carc, []).append(row)

    def classify(self, group: str, carc: str, *, charge: Decimal, remarks: Sequence[str] = ()) -> AdjustmentClass:
        """`charge` is the line's, dollars: a reporting line of a cent denies nothing. An unknown code is a denial, and posts."""
        for row in self._by_carc.get(carc, ()):
            if row.group in ("", group) and (not row.rarc or row.rarc in remarks):
                return row.adjustment_class
        return AdjustmentClass.INFORMATIONAL if abs(charge) <= CENT else AdjustmentClass.DENIAL
