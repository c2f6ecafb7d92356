"""What a payer last said of a coverage for the day of service, from the answers that are at hand (DOMAIN 2.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from apps.eligibility.rules.kinds import VerdictKind


@dataclass(frozen=True, slots=True)
class PayersWord:
    """One answer. `about`: the day that was asked about; `begins_on` and `ends_on`: the plan's dates as the payer told them.

    `other_payer` pays before this plan, or `instead` of it. `by`: the payer of our list whose id the answer bears, where it is another
    than the one that was asked. `by_phone`: a person verified the coverage by phone.
    """

    kind: str
    said_on: date
    about: date
    sentence: str = ""
    begins_on: date | None = None
    ends_on: date | None = None
    other_payer: str = ""
    instead: bool = False
    by: str = ""
    by_phone: bool = False

    def kind_on(self, day: date) -> str:
        """What the answer means for `day`; empty: it says nothing of that day."""
        if self.kind == VerdictKind.UNKNOWN:
            return ""
        if self.about == day:
            return self.kind
        if self.kind not in {VerdictKind.ACTIVE, VerdictKind.INACTIVE}:
            return ""
        return self._by_plan_dates(day)

    def _by_plan_dates(self, day: date) -> str:
        """An answer about another day: its plan's dates may settle ours."""
        if (self.ends_on and self.ends_on < day) or (self.begins_on and day < self.begins_on):
            return VerdictKind.INACTIVE
        if self.kind == VerdictKind.INACTIVE:
            return VerdictKind.ACTIVE if self.ends_on and day <= self.ends_on < self.about else ""
        known_until = self.ends_on or self.about
        return VerdictKind.ACTIVE if self.begins_on and day <= known_until else ""


def word_on(day: date, answers: Sequence[PayersWord]) -> PayersWord | None:
    """The newest of `answers`, the oldest of which comes first, that says anything of `day`."""
    return next((each for each in reversed(answers) if each.kind_on(day)), None)
