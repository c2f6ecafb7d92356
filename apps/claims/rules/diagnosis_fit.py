"""Diagnoses that fit one sex or some ages only. It warns, since records of sex and age have exceptions.

Sources of the ages, a short table of our own: Medicare Code Editor, definition of the age conflict edit (newborn: age 0; maternity: 9 to 64
years); ICD-10-CM, the notes at P00-P96, Z00.11, Z00.12, Z38 and Z68, and guidelines I.C.15 and I.C.16.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from apps.claims.rules.diagnosis_codes import FIELD, dotted
from apps.claims.rules.diagnosis_sexes import FEMALE, MALE, made_for
from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.snapshot import ClaimView

_NAMES = {FEMALE: "female", MALE: "male"}
# Medicare's sign that a code of the other sex is meant (Claims Processing Manual, chapter 32, 240): the payer's edit is opened.
_MEANT = "KX"


@dataclass(frozen=True, slots=True)
class _Ages:
    """Codes whose beginning lies from `first` to `last`, for patients from `least` to `most`, in days where `in_days`, else in years."""

    first: str
    last: str
    least: int
    most: int
    words: str
    in_days: bool = False


_AGES = (
    _Ages("P00", "P96", 0, 0, "in the first year of life"),
    _Ages("Z38", "Z38", 0, 0, "at birth"),
    _Ages("Z00110", "Z00110", 0, 7, "in the first seven days of life", in_days=True),
    _Ages("Z00111", "Z00111", 8, 28, "from the eighth to the 28th day of life", in_days=True),
    _Ages("Z0012", "Z0012", 0, 17, "up to 17 years"),
    _Ages("Z000", "Z000", 15, 124, "from 15 years"),
    _Ages("O00", "O9A", 9, 64, "from 9 to 64 years"),
    _Ages("Z34", "Z34", 9, 64, "from 9 to 64 years"),
    _Ages("Z681", "Z684", 20, 124, "from 20 years"),
    _Ages("Z685", "Z685", 2, 19, "from 2 to 19 years"),
)


def _within(code: str, first: str, last: str) -> bool:
    return first <= code[: len(first)] <= last


def sex(claim: ClaimView) -> Iterator[Issue]:
    given = claim.patient.sex
    if given not in _NAMES or any(_MEANT in line.modifiers for line in claim.lines):
        return
    for code in dict.fromkeys(claim.diagnoses):
        theirs = made_for(code) or given
        if theirs != given:
            yield Issue(
                f"{dotted(code)} is a {_NAMES[theirs]} patient's diagnosis, and the patient is entered as {_NAMES[given]}.",
                FIELD,
            )


def years(born: date, day: date) -> int:
    """Whole years on `day`."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age(claim: ClaimView) -> Iterator[Issue]:
    born = claim.patient.birth_date
    if born is None or born > claim.service_date:
        return
    of_years, of_days = years(born, claim.service_date), (claim.service_date - born).days
    for code in dict.fromkeys(claim.diagnoses):
        for ages in _AGES:
            old = of_days if ages.in_days else of_years
            if _within(code, ages.first, ages.last) and not ages.least <= old <= ages.most:
                yield Issue(
                    f"{dotted(code)} is for patients {ages.words}; this one was {_told(of_years, of_days)}.", FIELD
                )


def _told(of_years: int, of_days: int) -> str:
    number, unit = (of_years, "year") if of_years else (of_days, "day")
    return f"{number} {unit}{'' if number == 1 else 's'} old"


RULES = (
    Rule("DX-SEX", "Diagnosis and sex", Severity.WARN, sex),
    Rule("DX-AGE", "Diagnosis and age", Severity.WARN, age),
)
