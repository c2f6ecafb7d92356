"""What we write, byte for byte, in small files that people can read, and beside each the guide and the loop in which its TR3 describes
every segment (`places`). A change here is a change of what payers receive.

After a wanted change: `python -m tests.x12.test_golden` writes them anew; read the difference before it is committed.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from apps.x12 import (
    explain,
    read,
    write_270,
    write_271,
    write_276,
    write_277,
    write_277ca,
    write_835,
    write_837p,
    write_999,
    write_ta1,
)
from apps.x12.guides.ta1 import InterchangeAcknowledgment
from apps.x12.guides.x835 import ProviderAdjustment
from apps.x12.loops import loop_of
from tests.x12.examples import (
    CREATED,
    DAY,
    batch,
    claim,
    envelope,
    group_acknowledgment,
    rejected_group,
    remittance,
    remitted_claim,
    rich_claim,
)
from tests.x12.secondary_examples import full_secondary_claim, secondary_claim
from tests.x12.test_835 import denied_claim, reversal
from tests.x12.test_acknowledgments import REJECTED, acknowledgment
from tests.x12.test_claim_status import status_inquiry, status_response
from tests.x12.test_eligibility import CHILD, answer, inquiry, request, response
from tests.x12.test_eligibility_whole import whole_answer, whole_inquiry

FOLDER = Path(__file__).parent / "golden"


def written() -> dict[str, bytes]:
    lines = envelope(line_breaks=True)
    taken = ProviderAdjustment("1234567893", date(2025, 12, 31), "WO", "TL0000009", Decimal(10))
    claims = (remitted_claim(), denied_claim(), reversal(), remitted_claim(control_number="TL0000003"))
    ta1 = InterchangeAcknowledgment("000000041", DAY, CREATED.time(), "A")
    return {
        "claims.837": write_837p(batch(claim(), rich_claim()), lines),
        "secondary.837": write_837p(batch(secondary_claim(), full_secondary_claim()), lines),
        "payment.835": write_835([remittance(*claims, amount=Decimal("70.50"), provider_adjustments=(taken,))], lines),
        "accepted.999": write_999([group_acknowledgment()], lines),
        "rejected.999": write_999([rejected_group()], lines),
        "accepted.277": write_277ca([acknowledgment()], lines),
        "rejected.277": write_277ca([acknowledgment(REJECTED)], lines),
        "inquiry.270": write_270(request(inquiry(), inquiry(trace_number="CHK2", dependent=CHILD)), lines),
        "answer.271": write_271(response(answer()), lines),
        "whole_inquiry.270": write_270(whole_inquiry(), lines),
        "whole_answer.271": write_271(whole_answer(), lines),
        "status_inquiry.276": write_276(status_inquiry(), lines),
        "status_answer.277": write_277(status_response(), lines),
        "rejected.ta1": write_ta1([replace(ta1, code="R", note="025"), replace(ta1, code="E", note="022")], lines),
        "accepted.ta1": write_ta1([ta1], lines),
    }


@pytest.mark.parametrize("name", sorted(written()))
def test_what_is_written_stays_the_same(name: str) -> None:
    assert (FOLDER / name).read_bytes() == written()[name]


def places(data: bytes) -> str:
    """A line a segment: the guide, the loop ("-" outside of any) and the segment."""
    lines, guide, inside = [], ("", ""), list[list[str]]()
    for segment in explain(data):
        if segment.id == "ST":
            version = next(each.version for each in read(data).transactions)
            guide, inside = (segment.elements[0], version), []
        inside.append([segment.id, *segment.elements])
        loop = loop_of(*guide, reversed(inside))
        lines.append(f"{guide[1] or 'X12.5':<13}{loop or '-':<7}{segment.raw}")
        if segment.id == "SE":
            guide = ("", "")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", sorted(written()))
def test_every_segment_stands_in_its_place_of_the_guide(name: str) -> None:
    assert (FOLDER / f"{name}.places").read_text() == places(written()[name])


@pytest.mark.parametrize("name", sorted(written()))
def test_golden_files_are_read_without_error(name: str) -> None:
    assert read((FOLDER / name).read_bytes()).errors == ()


if __name__ == "__main__":
    for file_name, data in written().items():
        (FOLDER / file_name).write_bytes(data)
        (FOLDER / f"{file_name}.places").write_text(places(data))
