"""What a rule says of a claim."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from apps.claims.rules.snapshot import ClaimView, LineView

MOST_MODIFIERS = 4  # X222A1 SV101-3 to 6


class Severity(StrEnum):
    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Fix:
    """What one click would set. `clinical`: it asserts something about the visit, so a named coder confirms it, one at a time (DOMAIN 2).

    `field` is a name of `rules.fields`; `line` the service line's number; `label` says it on the button. `charge_falls`: of fewer units the
    line bills a smaller charge.
    """

    field: str
    value: object
    label: str
    line: int | None = None
    clinical: bool = False
    charge_falls: bool = False

    def as_json(self) -> dict[str, object]:
        return {
            "field": self.field,
            "line": self.line,
            "value": self.value,
            "label": self.label,
            "clinical": self.clinical,
            "charge_falls": self.charge_falls,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "Fix":
        line = stored.get("line")
        return cls(
            str(stored["field"]),
            stored["value"],
            str(stored.get("label", "")),
            int(str(line)) if line is not None else None,
            bool(stored.get("clinical")),
            bool(stored.get("charge_falls")),
        )


def modifiers_fix(line: LineView, whole: Sequence[str], label: str) -> Fix | None:
    """These modifiers on the line, for a coder to confirm; None where they are more than a line carries."""
    if len(whole) > MOST_MODIFIERS:
        return None
    return Fix("line.modifiers", list(whole), label, line.number, clinical=True)


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding: where (a line's number, a field of `rules.fields`) and a sentence for a biller."""

    sentence: str
    field: str = ""
    line: int | None = None
    fix: Fix | None = None


Check = Callable[[ClaimView], Iterator[Issue]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`title` is short and names no clinical fact. `overridable`: a person may send the claim all the same, with a reason;
    what X12 itself cannot carry is not. `clinical`: only a coder may settle it.
    """

    code: str
    title: str
    severity: Severity
    check: Check
    overridable: bool = False
    clinical: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    rule: Rule
    issue: Issue

    @property
    def blocks(self) -> bool:
        return self.rule.severity is Severity.BLOCK
