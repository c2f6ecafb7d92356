"""What the room reads."""

from apps.eligibility.selectors.measures import Measures, measures
from apps.eligibility.selectors.planning import coverage_on, due_checks, visits_to_plan, with_people

__all__ = ["Measures", "coverage_on", "due_checks", "measures", "visits_to_plan", "with_people"]
