"""A claim's diagnoses as the release of its day knows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DiagnosisView:
    """A code of the release; `finer`: how many billable codes stand below it. `side`: R, L, B for both, "" where it names none."""

    billable: bool = True
    manifestation: bool = False
    finer: int = 0
    side: str = ""


@dataclass(frozen=True, slots=True)
class DiagnosesView:
    """`known`: a release is loaded for the date of service. `codes`: those of the claim that it has. `excluded`: pairs of the claim's
    codes that an Excludes1 note keeps apart, the one under which the note stands first.
    """

    known: bool
    codes: Mapping[str, DiagnosisView] = field(default_factory=dict)
    excluded: tuple[tuple[str, str], ...] = ()
