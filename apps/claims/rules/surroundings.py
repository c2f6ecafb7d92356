"""What a claim's rules know beyond it: CMS's tables for its codes and day, the patient's other claims of that day, earlier visits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class LimitView:
    """The most units of a code on the date of service; `adjudication` is CMS's: 1 by line, 2 by day and absolute, 3 by day."""

    most: int
    adjudication: str


@dataclass(frozen=True, slots=True)
class OtherLineView:
    """A line of another visit's claim: same patient, day and rendering provider. `ahead`: that claim comes before this one, so that of
    two claims which do not go together only the later is held.
    """

    claim: str
    procedure: str
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal(1)
    ahead: bool = True


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`pairs`: (column 1, column 2) of the NCCI pairs in force on the date of service among the codes of that day, to their indicator.

    `id_of_another`: another person is subscriber under the same member id of the same payer.
    `seen_on`: the patient's last visit before this one, at most three years ago, to a provider of the same specialty here.
    """

    pairs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    limits: Mapping[str, LimitView] = field(default_factory=dict)
    same_day: tuple[OtherLineView, ...] = ()
    seen_on: date | None = None
    id_of_another: bool = False

    @property
    def ahead(self) -> tuple[OtherLineView, ...]:
        return tuple(line for line in self.same_day if line.ahead)


NOTHING_AROUND = Surroundings()
