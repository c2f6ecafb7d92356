"""What the room reads."""

from apps.denials.selectors.routing import (
    answered_again,
    answers_cancelled,
    answers_since,
    deadline_views,
    rule_views,
    settled_before,
    undecided_claims,
    unrouted,
    with_claims,
)

__all__ = [
    "answered_again",
    "answers_cancelled",
    "answers_since",
    "deadline_views",
    "rule_views",
    "settled_before",
    "undecided_claims",
    "unrouted",
    "with_claims",
]
