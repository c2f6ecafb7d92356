"""TA1 (X12.5): all five elements, and what is wrong with them."""

from dataclasses import replace

import pytest

from apps.x12 import ErrorKind, InterchangeAcknowledgment, WriteError, read, write_ta1
from tests.x12.examples import CREATED, DAY, envelope

ACCEPTED = InterchangeAcknowledgment("000000041", DAY, CREATED.time(), "A")


def test_its_five_elements_stand_in_their_order() -> None:
    """X12.5, TA101 to TA105: number, date and time of the interchange answered, verdict, note."""
    data = write_ta1([ACCEPTED, replace(ACCEPTED, code="R", note="025")], envelope())
    assert data.decode().split("~")[1:-1] == [
        "TA1*000000041*251029*1705*A*000",
        "TA1*000000041*251029*1705*R*025",
        "IEA*0*000000041",
    ]


@pytest.mark.parametrize(("code", "accepted", "rejected"), [("A", True, False), ("E", True, False), ("R", False, True)])
def test_an_interchange_with_errors_is_in_all_the_same(code: str, accepted: bool, rejected: bool) -> None:
    (found,) = read(write_ta1([replace(ACCEPTED, code=code)], envelope())).acknowledgments
    assert (found.accepted, found.rejected) == (accepted, rejected)


@pytest.mark.parametrize(
    ("broken", "kind", "element", "sentence"),
    [
        (b"TA1**251029*1705*A*000", ErrorKind.MISSING_ELEMENT, 1, "TA101 is missing."),
        (b"TA1*000000041*251329*1705*A*000", ErrorKind.NOT_A_DATE, 2, "TA102 is not a date (CCYYMMDD)."),
        (b"TA1*000000041*251029*2505*A*000", ErrorKind.NOT_A_DATE, 3, "TA103 is not a time (HHMM)."),
        (b"TA1*000000041*251029*1705**000", ErrorKind.MISSING_ELEMENT, 4, "TA104 is missing."),
        (b"TA1*000000041*251029*1705*X*000", ErrorKind.UNEXPECTED_SEGMENT, 4, "TA104 is not A, E or R."),
        (b"TA1*000000041*251029*1705*A", ErrorKind.MISSING_ELEMENT, 5, "TA105 is missing."),
    ],
)
def test_what_is_wrong_with_it_is_named(broken: bytes, kind: ErrorKind, element: int, sentence: str) -> None:
    document = read(write_ta1([ACCEPTED], envelope()).replace(b"TA1*000000041*251029*1705*A*000", broken))
    assert len(list(document.acknowledgments)) == 1
    (error,) = document.errors
    assert (error.kind, error.element, error.message, error.segment) == (kind, element, sentence, 2)


@pytest.mark.parametrize("items", [[], [replace(ACCEPTED, code="X")]])
def test_none_and_one_without_a_verdict_are_refused(items: list[InterchangeAcknowledgment]) -> None:
    with pytest.raises(WriteError):
        write_ta1(items, envelope())
