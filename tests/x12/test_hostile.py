"""Files that somebody made to break a reader: a named error, never a traceback, and nothing that is lost in silence."""

import pytest

from apps.x12 import ErrorKind, read, write_277ca, write_835, write_837p, write_999
from tests.x12.examples import batch, envelope, group_acknowledgment, remittance
from tests.x12.test_acknowledgments import acknowledgment

CLAIMS = write_837p(batch(), envelope())
PAYMENT = write_835([remittance()], envelope())
ACKNOWLEDGED = write_999([group_acknowledgment()], envelope())
ANSWERED = write_277ca([acknowledgment()], envelope())
# More digits than Python turns into a number.
DIGITS = b"9" * 5000


@pytest.mark.parametrize(
    ("data", "mark", "element"),
    [
        (PAYMENT, b"SE*", 1),
        (PAYMENT, b"GE*", 1),
        (PAYMENT, b"IEA*", 1),
        (CLAIMS, b"SV1*", 7),
        (ACKNOWLEDGED, b"AK9*", 2),
        (ANSWERED, b"QTY*", 2),
    ],
)
def test_a_number_without_end_is_named(data: bytes, mark: bytes, element: int) -> None:
    start = data.index(b"~" + mark) + 1
    row = data[start : data.index(b"~", start)].split(b"*")
    damaged = data[:start] + b"*".join([*row[:element], DIGITS, *row[element + 1 :]]) + data[data.index(b"~", start) :]
    errors = read(damaged).errors
    assert (mark.decode().strip("*"), element) in {(error.segment_id, error.element) for error in errors}
