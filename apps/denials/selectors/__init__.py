"""What the room reads."""

from apps.denials.selectors.routing import (
    answered_again,
    answers_cancelled,
    deadline_views,
    later_answers,
    rule_views,
    settled_before,
    unrouted,
    with_claims,
)

__all__ = [
    "answered_again",
    "answers_cancelled",
    "deadline_views",
    "later_answers",
    "rule_views",
    "settled_before",
    "unrouted",
    "with_claims",
]
