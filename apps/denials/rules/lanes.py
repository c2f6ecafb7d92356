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


def unreached(rules: Sequence[RuleView]) -> dict[int, int]:
    """By key, each rule to which no denial comes, and the first rule before it that takes all of its own."""
    found: dict[int, int] = {}
    by_place = sorted(rules, key=lambda rule: rule.place)
    for number, rule in enumerate(by_place):
        for earlier in by_place[:number]:
            if earlier.carc in {"", rule.carc} and earlier.payer in {None, rule.payer}:
                found[rule.key] = earlier.key
                break
    return found


def leading(reasons: Iterable[Reason]) -> Reason:
    """The reason that decides the lane: the one with most money, the first of equals."""
    return max(reasons, key=lambda reason: reason.amount)


def route(carc: str, payer: int, rules: Sequence[RuleView]) -> RuleView:
    """Raises NoRouteError."""
    for rule in sorted(rules, key=lambda rule: rule.place):
        if rule.carc in {"", carc} and rule.payer in {None, payer}:
            return rule
    raise NoRouteError("No routing rule matches this denial. Add a last rule that matches everything.")
