"""Which lane a denial takes: the first rule that matches. The code routes under any group; the group decides only who may be charged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class LaneKind(StrEnum):
    MODIFIER = "modifier"
    COORDINATION = "coordination"
    CODING_REVIEW = "coding_review"
    MEDICAL_NECESSITY = "medical_necessity"
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Reason:
    """One adjustment of class denial."""

    group: str
    carc: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RuleView:
    """A routing rule; "" and None match anything. `key` is its row."""

    key: int
    place: int
    carc: str = ""
    payer: int | None = None


class NoRouteError(LookupError):
    """No rule matches. The last rule must match everything."""


def leading(reasons: Iterable[Reason]) -> Reason:
    """The reason that decides the lane: the one with most money, the first of equals."""
    return max(reasons, key=lambda reason: reason.amount)


def route(carc: str, payer: int, rules: Sequence[RuleView]) -> RuleView:
    """Raises NoRouteError."""
    for rule in sorted(rules, key=lambda rule: rule.place):
        if rule.carc in {"", carc} and rule.payer in {None, payer}:
            return rule
    raise NoRouteError("No routing rule matches this denial. Add a last rule that matches everything.")
