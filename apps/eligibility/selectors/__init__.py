"""What the room reads."""

from apps.eligibility.selectors.measures import Measures, measures
from apps.eligibility.selectors.overdue import (
    abandoned_checks,
    lost_inquiries,
    tasks_of_visits_off,
    tasks_to_escalate,
)
from apps.eligibility.selectors.planning import coverage_on, due_checks, unasked_visits, visits_to_plan, with_people
from apps.eligibility.selectors.self_pay import askable_checks

__all__ = [
    "Measures",
    "abandoned_checks",
    "askable_checks",
    "coverage_on",
    "due_checks",
    "lost_inquiries",
    "measures",
    "tasks_of_visits_off",
    "tasks_to_escalate",
    "unasked_visits",
    "visits_to_plan",
    "with_people",
]
