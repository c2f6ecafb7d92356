"""DX-SIDE: a line of one side, and diagnoses that name the other alone."""

from dataclasses import replace

import pytest

from apps.claims.rules.diagnosis_view import DiagnosesView, DiagnosisView
from apps.claims.rules.findings import Severity
from apps.claims.rules.registry import BY_CODE
from apps.claims.rules.sides import other_side
from apps.claims.rules.snapshot import ClaimView
from apps.claims.rules.surroundings import Surroundings
from apps.claims.selectors.diagnoses import diagnoses_on
from tests.claims.sound import line, with_lines
from tests.factories.claims import ClaimFactory
from tests.factories.diagnoses import DiagnosisCodeFactory

# Pain in the right and the left shoulder, osteoarthritis of both knees, cough; and a code that the release does not have.
RIGHT, LEFT, KNEES, COUGH, UNHEARD = CODES = ("M25511", "M25512", "M170", "R059", "M00")
SIDES = {RIGHT: "R", LEFT: "L", KNEES: "B", COUGH: ""}
TABLE = DiagnosesView(True, {code: DiagnosisView(side=side) for code, side in SIDES.items()})


LEFTS = ("E1", "E2", "FA", "F1", "F2", "F3", "F4", "TA", "T1", "T2", "T3", "T4")
RIGHTS = ("E3", "E4", "F5", "F6", "F7", "F8", "F9", "T5", "T6", "T7", "T8", "T9")


def claim(modifiers: str, *codes: str, table: DiagnosesView | None = TABLE) -> ClaimView:
    """One line that points at `codes`; the others stand on the claim beside them."""
    pointers = tuple(CODES.index(code) + 1 for code in codes)
    billed = with_lines(line(procedure="20610", modifiers=tuple(modifiers.split()), pointers=pointers), diagnoses=CODES)
    return replace(billed, around=Surroundings(diagnoses=table))


@pytest.mark.parametrize(
    ("modifiers", "codes", "words"),
    [
        ("LT", (RIGHT,), "Line 1 is of the left side (LT), and its diagnoses name the right side alone."),
        ("59 RT", (LEFT,), "Line 1 is of the right side (RT), and its diagnoses name the left side alone."),
        ("LT", (RIGHT, COUGH), "the left side (LT)"),
        ("50", (RIGHT,), "Line 1 is of both sides (50), and its diagnoses name the right side alone."),
        *((each, (RIGHT,), f"the left side ({each})") for each in LEFTS),
        *((each, (LEFT,), f"the right side ({each})") for each in RIGHTS),
    ],
)
def test_the_other_side_is_told(modifiers: str, codes: tuple[str, ...], words: str) -> None:
    (issue,) = other_side(claim(modifiers, *codes))
    assert words in issue.sentence
    assert (issue.field, issue.line, issue.fix) == ("line.modifiers", 1, None)


@pytest.mark.parametrize(
    ("modifiers", "codes"),
    [
        ("RT", (RIGHT,)),
        ("LT", (LEFT,)),
        ("E3", (RIGHT,)),
        ("50", (RIGHT, LEFT)),
        ("50", (KNEES,)),
        ("LT", (KNEES,)),
        ("LT", (RIGHT, LEFT)),
        ("LT", (RIGHT, KNEES)),
        ("LT", (COUGH,)),
        ("LT", (UNHEARD,)),
        ("", (RIGHT,)),
        ("25", (RIGHT,)),
        ("LT RT", (RIGHT,)),
    ],
)
def test_what_agrees_or_names_no_one_side_is_left_alone(modifiers: str, codes: tuple[str, ...]) -> None:
    assert list(other_side(claim(modifiers, *codes))) == []


def test_without_a_release_of_the_day_nothing_is_said() -> None:
    assert list(other_side(claim("LT", RIGHT, table=None))) == []
    assert list(other_side(claim("LT", RIGHT, table=DiagnosesView(known=False)))) == []


def test_it_warns_and_a_coder_settles_it() -> None:
    rule = BY_CODE["DX-SIDE"]
    assert (rule.severity, rule.clinical) == (Severity.WARN, True)


@pytest.mark.django_db
def test_the_side_comes_from_the_release() -> None:
    DiagnosisCodeFactory(code=RIGHT, side="R")
    billed = ClaimFactory(diagnoses=[RIGHT])
    assert diagnoses_on([billed])[billed.pk].codes[RIGHT].side == "R"
