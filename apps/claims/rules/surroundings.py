"""What a claim's rules know beyond it: CMS's tables for its codes and day, the patient's other claims of that day, earlier visits,
what the payer said of the coverage.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apps.claims.rules.authorization_view import AuthorizationView
from apps.claims.rules.code_facts import NOTHING_KNOWN, Known
from apps.claims.rules.diagnosis_view import DiagnosesView
from apps.claims.rules.payers_word import PayersWord


@dataclass(frozen=True, slots=True)
class LimitView:
    """The most units of a code on the date of service; `adjudication` is CMS's: 1 by line, 2 by day and absolute, 3 by day."""

    most: int
    adjudication: str


@dataclass(frozen=True, slots=True)
class OtherLineView:
    """A line of another visit's claim: same patient, day and rendering provider; or of an earlier sending of this claim, under its number.
    `ahead`: that claim comes before this one, so that of two claims which do not go together only the later is held.
    """

    claim: str
    procedure: str
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal(1)
    ahead: bool = True


@dataclass(frozen=True, slots=True)
class EarlierLineView:
    """A line of another visit's claim of the patient, by whomever of this practice, on any day. `ahead` as in `OtherLineView`.

    `same_specialty`: by the same provider or one of the same specialty. `global_days`: 10 or 90 days that belong to it; 0: none known.
    """

    claim: str
    day: date
    procedure: str
    modifiers: tuple[str, ...] = ()
    same_specialty: bool = True
    ahead: bool = True
    global_days: int = 0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`pairs`: (column 1, column 2) of the NCCI pairs in force on the date of service among the codes of that day, to their indicator.

    `id_of_another`: another person is subscriber under the same member ID of the same payer.
    `seen_on`: the patient's last visit before this one, at most three years ago, to a provider of the same specialty here.

    `earlier`: what the rules of frequency ask for, not all of them. `substituted_since`: the first day of the substitution (Q5, Q6) for the
    claim's provider that runs on its day. `hospice_since`: the first day of the hospice election in force.

    `wants_drug_number`: where it is written that the payer wants the National Drug Code of drugs; empty: nowhere.
    `word`: the payer's newest answer about the coverage that says anything of the day. `rivals`: payers of the patient's other
    coverages that hold on the day with the rank of the claim's own.
    `diagnoses`: as ICD-10-CM has them on the day; None: nobody looked.
    `supervisor_seen`: the supervising provider, one of ours, saw patients that day; None: not one of ours, or nobody is named.
    `authorizations`: on file of the patient at the payer. `wanted`: procedures of which the payer wants a number that day, with its kinds.
    """

    pairs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    limits: Mapping[str, LimitView] = field(default_factory=dict)
    same_day: tuple[OtherLineView, ...] = ()
    seen_on: date | None = None
    known: Known = NOTHING_KNOWN
    wants_drug_number: str = ""
    earlier: tuple[EarlierLineView, ...] = ()
    substituted_since: date | None = None
    hospice_since: date | None = None
    word: PayersWord | None = None
    rivals: tuple[str, ...] = ()
    diagnoses: DiagnosesView | None = None
    supervisor_seen: bool | None = None
    authorizations: tuple[AuthorizationView, ...] = ()
    wanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    id_of_another: bool = False

    @property
    def ahead(self) -> tuple[OtherLineView, ...]:
        return tuple(line for line in self.same_day if line.ahead)


NOTHING_AROUND = Surroundings()
