from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given

from apps.x12 import ErrorKind, WriteError, read, write_277ca, write_999
from apps.x12.guides.parts import DatedPeriod, Party, Reference
from apps.x12.guides.x277ca import (
    ClaimAcknowledgment,
    ClaimStatus,
    LineStatus,
    ProviderStatus,
    ReceiverStatus,
    Status,
    StatusCode,
    Totals,
)
from apps.x12.guides.x999 import ElementNote, GroupAcknowledgment, SegmentNote, TransactionAcknowledgment
from tests.x12 import strategies_answers, strategies_status
from tests.x12.examples import DAY, envelope, group_acknowledgment, rejected_group, wrong_with
from tests.x12.judge import complaints
from tests.x12.strategies import any_record

ACCEPTED = Status((StatusCode("A2", "20", "PR"),), "WQ", DAY, Decimal(125))
REJECTED = Status((StatusCode("A7", "562", "85"),), "U", DAY, Decimal(125), "Unknown NPI")


def acknowledgment(status: Status = ACCEPTED) -> ClaimAcknowledgment:
    claim = ClaimStatus(
        control_number="TL0000001",
        statuses=(status,),
        patient=Party("Example", "Ada", is_person=True, id_qualifier="MI", id="W1", role="QC"),
        payer_claim_number="ICN1",
        clearinghouse_number="CH1",
        service=DatedPeriod("472", DAY, DAY),
        lines=(LineStatus(statuses=(status,), control_number="L10001", procedure="99213", charge=Decimal(125)),),
    )
    provider = ProviderStatus(
        provider=Party("Maple Street", id_qualifier="XX", id="1234567893", role="85"),
        claims=(claim,),
        trace_number="0",
        totals=Totals(accepted=1, accepted_charge=Decimal(125)),
    )
    receiver = ReceiverStatus(
        receiver=Party("Maple Street", id_qualifier="46", id="TL123", role="41"),
        batch_reference="B0000000041",
        statuses=(replace(ACCEPTED, codes=(StatusCode("A1", "19", "PR"),)),),
        providers=(provider,),
        totals=Totals(rejected=0, rejected_charge=Decimal(0)),
    )
    return ClaimAcknowledgment(
        reference="R1",
        source=Party("Prairie Health Plan", id_qualifier="PI", id="60054", role="PR"),
        receivers=(receiver,),
        created_on=DAY,
        created_at=time(18, 0),
        trace_number="T1",
        received_on=DAY,
        processed_on=DAY,
    )


def only_body(data: bytes) -> object:
    document = read(data)
    assert document.errors == ()
    (transaction,) = document.transactions
    return transaction.body


def test_pyx12_accepts_an_accepting_999(tmp_path: Path) -> None:
    assert complaints(write_999([group_acknowledgment()], envelope()), tmp_path) == []


def test_pyx12_accepts_a_rejecting_999(tmp_path: Path) -> None:
    assert complaints(write_999([rejected_group()], envelope()), tmp_path) == []


@any_record
@given(strategies_answers.group_acknowledgments())
def test_a_999_is_read_again(written: GroupAcknowledgment) -> None:
    assert only_body(write_999([written], envelope())) == written


def test_a_999_names_the_claim_the_segment_and_the_element() -> None:
    found = only_body(write_999([rejected_group()], envelope()))
    assert isinstance(found, GroupAcknowledgment)
    (transaction,) = found.transactions
    (note,) = transaction.notes
    (element,) = note.elements
    assert (found.accepted, transaction.accepted) == (False, False)
    assert (note.claim_control_number, note.segment_id, note.position) == ("TL0000001", "NM1", 21)
    assert (element.position, element.code, element.bad_value) == (9, "7", "12")


@pytest.mark.parametrize(("status", "accepted"), [("A", True), ("E", True), ("P", False), ("R", False), ("X", False)])
def test_a_and_e_proceed(status: str, accepted: bool) -> None:
    assert group_acknowledgment(status=status).accepted is accepted


def test_what_a_segment_and_an_element_depended_on_is_read_again() -> None:
    trigger = ("SITUATIONAL TRIGGER", "NM109:W1")
    element = ElementNote(position=9, code="7", context=trigger)
    note = SegmentNote("NM1", 21, "8", context=trigger, elements=(element,))
    transaction = TransactionAcknowledgment("837", "0001", "R", notes=(note,))
    written = group_acknowledgment(status="R", transactions=(transaction,))
    assert only_body(write_999([written], envelope())) == written


def test_elements_may_have_their_own_context() -> None:
    data = write_999([rejected_group()], envelope())
    document = read(data.replace(b"IK4*9*67*7*12~", b"IK4*9*67*7*12~CTX*SITUATIONAL TRIGGER*NM1*21~"))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, GroupAcknowledgment)
    assert transaction.body.transactions[0].notes[0].elements[0].context == ("SITUATIONAL TRIGGER",)


def test_a_999_without_a_verdict_on_the_group_acknowledges_nothing() -> None:
    document = read(write_999([group_acknowledgment()], envelope()).replace(b"AK9*", b"AK8*"))
    (transaction,) = document.transactions
    assert transaction.body is None
    assert document.errors[0].message == "AK9 is missing."


def test_a_missing_verdict_on_a_transaction_and_unreadable_positions_are_named() -> None:
    data = write_999([rejected_group()], envelope())
    broken = data.replace(b"IK5*", b"IK6*").replace(b"IK3*NM1*21*", b"IK3*NM1*2x*").replace(b"IK4*9*", b"IK4*9:b*")
    document = read(broken)
    (transaction,) = document.transactions
    assert isinstance(transaction.body, GroupAcknowledgment)
    assert transaction.body.transactions[0].status == ""
    assert [(error.kind, error.segment_id) for error in document.errors] == [
        (ErrorKind.MISSING_SEGMENT, "AK2"),
        (ErrorKind.NOT_A_NUMBER, "IK3"),
        (ErrorKind.NOT_A_NUMBER, "IK4"),
        (ErrorKind.UNEXPECTED_SEGMENT, "IK6"),
    ]


def test_an_empty_999_and_an_empty_277ca_are_not_written() -> None:
    with pytest.raises(WriteError):
        write_999([], envelope())
    with pytest.raises(WriteError):
        write_277ca([], envelope())


@any_record
@given(strategies_status.claim_acknowledgments())
def test_a_277ca_is_read_again(written: ClaimAcknowledgment) -> None:
    assert only_body(write_277ca([written], envelope())) == written


@pytest.mark.parametrize("status", [ACCEPTED, REJECTED])
def test_each_level_of_a_277ca_is_read_again(status: Status) -> None:
    assert only_body(write_277ca([acknowledgment(status)], envelope())) == acknowledgment(status)


def test_stc03_decides() -> None:
    (accepted,) = acknowledgment(ACCEPTED).claims
    (rejected,) = acknowledgment(REJECTED).claims
    assert (accepted.accepted, accepted.rejected) == (True, False)
    assert (rejected.accepted, rejected.rejected) == (False, True)
    assert replace(accepted, statuses=()).accepted is False


def test_a_rejection_above_the_claim_is_seen() -> None:
    (receiver,) = acknowledgment().receivers
    (provider,) = receiver.providers
    assert (receiver.rejected, provider.rejected) == (False, False)
    assert replace(receiver, statuses=(REJECTED,)).rejected
    assert replace(provider, statuses=(REJECTED,)).rejected


def test_the_source_says_whether_the_payer_itself_speaks() -> None:
    assert acknowledgment().from_payer
    assert not replace(acknowledgment(), source=Party("Clearhouse", role="AY")).from_payer


def test_a_277ca_keeps_the_place_of_each_claim() -> None:
    data = write_277ca([acknowledgment()], envelope())
    found = only_body(data)
    assert isinstance(found, ClaimAcknowledgment)
    (claim,) = found.claims
    assert data.decode().split("~")[claim.segment - 1] == "TRN*2*TL0000001"


def test_levels_without_the_one_above_are_read_and_named() -> None:
    data = write_277ca([acknowledgment()], envelope())
    document = read(data.replace(b"*21*1~", b"*xx*1~").replace(b"*19*1~", b"*yy*1~").replace(b"*20*1~", b"*zz*1~"))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, ClaimAcknowledgment)
    assert [claim.control_number for claim in transaction.body.claims] == ["TL0000001"]
    assert wrong_with(document) == [
        "The information source is missing.",
        "HL03 is not 20, 21, 19 or PT.",
        "HL03 is not 20, 21, 19 or PT.",
        "HL03 is not 20, 21, 19 or PT.",
        "A level stands without the one above it.",
    ]


def test_a_patient_without_a_trace_and_levels_without_names_are_named() -> None:
    data = write_277ca([acknowledgment()], envelope())
    document = read(data.replace(b"TRN*2*TL0000001~", b"").replace(b"NM1*", b"NMX*").replace(b"TRN*1*0~", b""))
    assert "A patient without a claim's trace." in [error.message for error in document.errors]


def test_a_line_may_have_a_period() -> None:
    (receiver,) = acknowledgment().receivers
    line = LineStatus(
        statuses=(REJECTED,), procedure="99213", service=DatedPeriod("472", DAY, date(2025, 10, 31)), units=Decimal(2)
    )
    claim = ClaimStatus(control_number="T", statuses=(REJECTED,), patient=Party(role="QC"), lines=(line,))
    provider = replace(receiver.providers[0], claims=(claim,))
    written = replace(acknowledgment(), receivers=(replace(receiver, providers=(provider,)),))
    assert only_body(write_277ca([written], envelope())) == written


def test_a_277ca_without_traces_is_written_and_one_without_patient_is_named() -> None:
    (receiver,) = acknowledgment().receivers
    claim = ClaimStatus(control_number="T", statuses=(ACCEPTED,))
    provider = replace(receiver.providers[0], trace_number="", claims=(claim,))
    written = replace(acknowledgment(), trace_number="", receivers=(replace(receiver, providers=(provider,)),))
    document = read(write_277ca([written], envelope()))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, ClaimAcknowledgment)
    assert [item.patient for item in transaction.body.claims] == [Party()]
    assert [(error.segment_id, error.message) for error in document.errors] == [("HL", "NM1 is missing.")]


def test_each_level_of_a_277ca_has_its_own_totals() -> None:
    """X214 2200B QTY 90 and AA, 2200C QTY QA and QC, both AMT YU and YY."""
    totals = Totals(accepted=3, rejected=1, accepted_charge=Decimal("300.5"), rejected_charge=Decimal(20))
    (receiver,) = acknowledgment().receivers
    provider = replace(receiver.providers[0], totals=totals)
    written = replace(acknowledgment(), receivers=(replace(receiver, totals=totals, providers=(provider,)),))
    data = write_277ca([written], envelope())
    assert [text for text in data.decode().split("~") if text.startswith(("QTY", "AMT"))] == [
        *("QTY*90*3", "QTY*AA*1", "AMT*YU*300.5", "AMT*YY*20"),
        *("QTY*QA*3", "QTY*QC*1", "AMT*YU*300.5", "AMT*YY*20"),
    ]
    assert only_body(data) == written


def test_all_of_a_277ca_line_is_read_again() -> None:
    """X214 2220D, with the pharmacy's code list in STC01-4 and REF*XZ."""
    line = LineStatus(
        statuses=(replace(REJECTED, codes=(StatusCode("A7", "75", "1P", "RX"), StatusCode("A7", "21"))),),
        control_number="L10001",
        procedure="00006412102",
        qualifier="N4",
        charge=Decimal(85),
        revenue_code="0250",
        units=Decimal(2),
        references=(Reference("XZ", "7654321"),),
    )
    (receiver,) = acknowledgment().receivers
    claim = replace(receiver.providers[0].claims[0], lines=(line,))
    provider = replace(receiver.providers[0], claims=(claim,))
    written = replace(acknowledgment(), receivers=(replace(receiver, providers=(provider,)),))
    data = write_277ca([written], envelope())
    assert b"SVC*N4:00006412102*85**0250***2~STC*A7:75:1P:RX*" in data
    assert only_body(data) == written


def test_a_segment_that_a_277ca_does_not_know_is_kept() -> None:
    document = read(write_277ca([acknowledgment()], envelope()).replace(b"QTY*QA*1~", b"ZZZ*QA*1~"))
    (transaction,) = document.transactions
    assert [raw.elements for raw in transaction.unread] == [("ZZZ", "QA", "1")]
    assert [error.kind for error in document.errors] == [ErrorKind.UNEXPECTED_SEGMENT]


def test_counts_that_are_not_given_are_zero() -> None:
    found = only_body(write_999([group_acknowledgment()], envelope()).replace(b"AK9*A*1*1*1~", b"AK9*A~"))
    assert isinstance(found, GroupAcknowledgment)
    assert (found.included, found.received, found.accepted_count) == (0, 0, 0)
