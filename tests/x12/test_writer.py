"""What would be read as something else, or not at all, is refused before a byte is written, and the sentence names the place."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from apps.x12 import Delimiters, WriteError, read, write_271, write_835, write_837p
from apps.x12.guides.parts import ProcedureCode
from apps.x12.guides.x271 import Benefit
from tests.x12 import examples
from tests.x12.examples import batch, claim, envelope, line, remittance, remittance_line, remitted_claim
from tests.x12.secondary_examples import line_decision, secondary_claim
from tests.x12.test_eligibility import answer, response

FIVE = ("25", "59", "76", "77", "78")


def claimed(**changes: object) -> bytes:
    return write_837p(batch(claim(**changes)), envelope())


def remitted(**changes: object) -> bytes:
    return write_835([remittance(claims=(remitted_claim(lines=(remittance_line(**changes),)),))], envelope())


def decided() -> bytes:
    decision = line_decision(procedure=ProcedureCode("99213", FIVE))
    return write_837p(batch(secondary_claim(lines=(line(decisions=(decision,)),))), envelope())


def answered() -> bytes:
    return write_271(response(answer(benefits=(Benefit(code="1", procedure="99213", modifiers=FIVE),))), envelope())


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (lambda: claimed(lines=(line(modifiers=FIVE),)), "SV101 carries at most 4 modifiers, not 5."),
        (
            lambda: claimed(lines=(line(pointers=(1, 2, 1, 2, 1)),)),
            "SV107 carries at most 4 diagnosis pointers, not 5.",
        ),
        (
            lambda: claimed(accident_causes=("AA", "EM", "OA", "AA")),
            "CLM11 carries at most 3 causes of an accident, not 4.",
        ),
        (decided, "SVD03 carries at most 4 modifiers, not 5."),
        (lambda: remitted(modifiers=FIVE), "SVC01 carries at most 4 modifiers, not 5."),
        (
            lambda: remitted(submitted_procedure="99213", submitted_modifiers=FIVE),
            "SVC06 carries at most 4 modifiers, not 5.",
        ),
        (answered, "EB13 carries at most 4 modifiers, not 5."),
        (lambda: claimed(charge=Decimal("1E+25")), "CLM02 has more than 18 digits."),
        (lambda: claimed(charge=Decimal("1.005")), "CLM02 is not in whole cents."),
        (lambda: remitted(charge=Decimal("-0.001")), "SVC02 is not in whole cents."),
        (lambda: claimed(note="***"), "NTE02 holds nothing that this interchange can carry."),
        (
            lambda: claimed(subscriber=replace(examples.SUBSCRIBER, last_name="***")),
            "NM103 holds nothing that this interchange can carry.",
        ),
    ],
)
def test_what_would_stand_for_something_else_is_refused(write: Callable[[], bytes], sentence: str) -> None:
    with pytest.raises(WriteError) as caught:
        write()
    assert str(caught.value).endswith(sentence)


def test_four_of_them_and_a_part_of_a_unit_are_written() -> None:
    full = line(modifiers=FIVE[:4], pointers=(1, 1, 1, 1), units=Decimal("1.125"), description="Said")
    data = claimed(lines=(full,))
    assert b"~SV1*HC:99213:25:59:76:77:Said*125*UN*1.125***1:1:1:1~" in data
    assert read(data).errors == ()


@pytest.mark.parametrize(
    "marks",
    [
        Delimiters("*", "*", "^", "~"),
        Delimiters("*", ":", "~", "~"),
        Delimiters("*", ":", "", "~"),
        Delimiters("*", ":", "^", "\r\n"),
        Delimiters("A", ":", "^", "~"),
        Delimiters(".", ":", "^", "~"),
        Delimiters("*", "-", "^", "~"),
        Delimiters("*", " ", "^", "~"),
        Delimiters("\n", ":", "^", "~"),
    ],
)
def test_delimiters_that_nobody_could_tell_are_refused(marks: Delimiters) -> None:
    with pytest.raises(WriteError, match="four different signs"):
        write_837p(batch(), envelope(delimiters=marks))
