from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from apps.x12 import Delimiters, ErrorKind, WriteError, read, write_837p
from apps.x12.guides.x837p import ClaimBatch
from tests.x12 import strategies_claims
from tests.x12.examples import (
    CHILD,
    HOLDER,
    SUBSCRIBER,
    batch,
    claim,
    envelope,
    line,
    rich_claim,
)
from tests.x12.judge import complaints
from tests.x12.strategies import any_record


def body(data: bytes) -> ClaimBatch:
    document = read(data)
    assert document.errors == ()
    (transaction,) = document.transactions
    assert isinstance(transaction.body, ClaimBatch)
    return transaction.body


def test_pyx12_accepts_a_claim_whose_patient_is_the_subscriber(tmp_path: Path) -> None:
    assert complaints(write_837p(batch(), envelope()), tmp_path) == []


@pytest.mark.long
def test_pyx12_accepts_a_claim_of_a_dependent(tmp_path: Path) -> None:
    written = write_837p(batch(claim(subscriber=HOLDER, patient=CHILD)), envelope())
    assert complaints(written, tmp_path) == []


def test_pyx12_accepts_a_claim_that_says_all_that_a_claim_can_say(tmp_path: Path) -> None:
    assert complaints(write_837p(batch(rich_claim()), envelope()), tmp_path) == []


def test_pyx12_accepts_a_mixed_batch(tmp_path: Path) -> None:
    claims = (claim(), claim(control_number="T2"), rich_claim(), claim(control_number="T4", subscriber=HOLDER))
    assert complaints(write_837p(batch(*claims), envelope(line_breaks=True)), tmp_path) == []


@pytest.mark.long
@pytest.mark.parametrize("who", [{}, {"subscriber": HOLDER, "patient": CHILD}])
def test_more_than_a_hundred_claims_of_one_patient_stand_under_it_again(who: dict[str, Any], tmp_path: Path) -> None:
    claims = [claim(control_number=f"TL{number}", **who) for number in range(101)]
    written = write_837p(batch(*claims), envelope())
    assert complaints(written, tmp_path) == []
    assert body(written) == batch(*claims)


@any_record
@given(strategies_claims.claim_batches())
def test_what_is_written_is_read_again(written: ClaimBatch) -> None:
    assert body(write_837p(written, envelope())) == written


def test_a_rich_claim_is_read_again() -> None:
    written = batch(rich_claim())
    assert body(write_837p(written, envelope())) == written


def test_control_numbers_stand_where_the_caller_put_them() -> None:
    given_numbers = envelope(interchange_number=7, group_number=8, transaction_number=9)
    document = read(write_837p(batch(), given_numbers))
    (interchange,) = document.interchanges
    (group,) = interchange.groups
    (transaction,) = group.transactions
    assert interchange.control_number == "000000007"
    assert group.control_number == "8"
    assert transaction.control_number == given_numbers.transaction_control() == "0009"


def test_equal_neighbours_share_their_loops() -> None:
    written = write_837p(batch(claim(), claim(control_number="T2")), envelope())
    assert written.count(b"NM1*85") == written.count(b"NM1*IL") == 1
    assert written.count(b"CLM*") == 2


def test_each_line_carries_its_control_number() -> None:
    written = write_837p(batch(claim(lines=(line(1), line(2)))), envelope())
    assert b"REF*6R*L10001~" in written
    assert b"REF*6R*L10002~" in written


def test_records_know_their_place_in_the_file() -> None:
    read_claim = body(write_837p(batch(), envelope())).claims[0]
    texts = write_837p(batch(), envelope()).decode().split("~")
    assert texts[read_claim.segment - 1].startswith("CLM*")
    assert texts[read_claim.subscriber.segment - 1].startswith("NM1*IL")
    assert texts[read_claim.lines[0].segment - 1].startswith("LX*")


def test_the_point_of_a_diagnosis_is_not_written() -> None:
    assert b"HI*ABK:E119~" in write_837p(batch(claim(diagnoses=("E11.9",))), envelope())


def test_a_name_and_a_note_are_written_without_what_x12_cannot_carry() -> None:
    person = replace(SUBSCRIBER, first_name="Zoë", last_name="O’Brien~Núñez")
    written = write_837p(batch(claim(subscriber=person, note="Seen twice: a*b\n“ok”")), envelope())
    assert b"NM1*IL*1*O'Brien Nunez*Zoe*" in written
    assert b'NTE*ADD*Seen twice a b "ok"~' in written


def test_any_legal_delimiters_can_be_written() -> None:
    marks = Delimiters(element="|", component=">", repetition="!", segment="\n")
    written = write_837p(batch(rich_claim()), envelope(delimiters=marks))
    assert b"\nCLM|TL0000002|310.5|||11>B>7|" in written
    assert body(written) == batch(rich_claim())


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (claim(control_number="TL~1"), "Claim TL~1: CLM01 holds a character that this interchange cannot carry."),
        (claim(control_number=""), "Claim : A claim needs its control number and a service line."),
        (claim(lines=()), "Claim TL0000001: A claim needs its control number and a service line."),
        (claim(diagnoses=()), "Claim TL0000001: A claim carries 1 to 12 diagnoses, not 0."),
        (
            claim(lines=(line(control_number=""),)),
            "Claim TL0000001: Service line 1 has no control number (REF*6R), without which no remittance finds it.",
        ),
        (
            claim(lines=(line(service_date=None),)),
            "Claim TL0000001: Service line of 99213 has no date of service.",
        ),
        (claim(charge=Decimal("NaN")), "Claim TL0000001: CLM02 is not an amount."),
    ],
)
def test_a_claim_that_cannot_be_written_is_named(broken: object, sentence: str) -> None:
    with pytest.raises(WriteError) as caught:
        write_837p(batch(broken), envelope())  # type: ignore[arg-type]
    assert str(caught.value) == sentence


def test_more_than_five_thousand_claims_are_refused() -> None:
    with pytest.raises(WriteError, match="1 to 5000 claims, not 5001"):
        write_837p(batch(*[claim()] * 5001), envelope())


def test_a_claim_with_an_unreadable_charge_is_left_out_and_named() -> None:
    written = write_837p(batch(claim(), claim(control_number="T2")), envelope())
    document = read(written.replace(b"CLM*T2*125*", b"CLM*T2*1O5*"))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, ClaimBatch)
    assert [item.control_number for item in transaction.body.claims] == ["TL0000001"]
    (error,) = document.errors
    assert (error.kind, error.segment_id, error.element, error.found) == (ErrorKind.NOT_MONEY, "CLM", 2, "1O5")
    assert (
        error.place == "interchange 000000041, group 41, transaction 0001, segment 33 CLM02 (005010X222A1, loop 2300)"
    )


def test_a_claim_without_its_payer_is_left_out_and_named() -> None:
    written = write_837p(batch(), envelope()).replace(b"NM1*PR*2*Prairie Health Plan*****PI*60054~", b"")
    document = read(written)
    assert [error.message for error in document.errors] == [
        "A claim stands without its billing provider, subscriber or payer.",
        "SE01 is not the count of segments in the transaction, ST and SE included.",
    ]


def test_a_line_without_its_service_sets_the_claim_apart() -> None:
    written = write_837p(batch(), envelope()).replace(b"SV1*", b"SV9*")
    document = read(written)
    assert [error.kind for error in document.errors] == [
        ErrorKind.MISSING_SEGMENT,
        ErrorKind.MISSING_ELEMENT,
        ErrorKind.UNEXPECTED_SEGMENT,
    ]


def test_a_pointer_that_is_no_number_is_named() -> None:
    document = read(write_837p(batch(), envelope()).replace(b"*UN*1***1~", b"*UN*1***A~"))
    (error,) = document.errors
    assert (error.kind, error.segment_id, error.element) == (ErrorKind.NOT_A_NUMBER, "SV1", 7)


@pytest.mark.parametrize(
    ("cut", "sentence"),
    [
        (b"NM1*85", "The billing provider is missing."),
        (b"NM1*IL", "The subscriber is missing."),
        (b"NM1*QC", "The patient is missing."),
    ],
)
def test_a_party_that_is_missing_is_named(cut: bytes, sentence: str) -> None:
    written = write_837p(batch(claim(subscriber=HOLDER, patient=CHILD)), envelope())
    assert sentence in [error.message for error in read(written.replace(cut, b"NM1*ZZ")).errors]


def test_an_unknown_level_is_named() -> None:
    written = write_837p(batch(), envelope()).replace(b"HL*2*1*22*0", b"HL*2*1*99*0")
    assert read(written).errors[0].message == "HL03 is not 20, 22 or 23."


def test_without_submitter_and_receiver_the_claims_are_read_and_both_are_missed() -> None:
    written = write_837p(batch(), envelope())
    document = read(written.replace(b"NM1*41", b"NM1*ZZ").replace(b"NM1*40", b"NM1*YY"))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, ClaimBatch)
    assert (transaction.body.submitter.name, transaction.body.receiver.name) == ("", "")
    assert transaction.body.claims == body(written).claims
    assert [error.expected for error in document.errors[:2]] == ["NM1*41", "NM1*40"]
    # What stood in their place is kept, segment by segment.
    assert [raw.elements[:2] for raw in transaction.unread] == [("NM1", "ZZ"), ("PER", "IC"), ("NM1", "YY")]


def test_a_batch_without_its_bht_is_not_read() -> None:
    document = read(write_837p(batch(), envelope()).replace(b"BHT*", b"BHX*"))
    (transaction,) = document.transactions
    assert transaction.body is None
    assert document.errors[0].message == "BHT is missing."


def test_other_payers_loops_are_not_taken_for_the_claims_own() -> None:
    other = b"SBR*S*18*******CI~OI***Y***Y~NM1*IL*1*Other*Oda****MI*X1~NM1*82*1*Wrong*Wil~LX*1~"
    written = write_837p(batch(claim(rendering=None)), envelope()).replace(b"LX*1~", other)
    (found,) = read(written).transactions
    assert isinstance(found.body, ClaimBatch)
    assert found.body.claims[0].subscriber.last_name == "Example"
    assert found.body.claims[0].rendering is None


def test_an_accident_keeps_its_state() -> None:
    driven = claim(accident_causes=("AA",), accident_state="IL", accident_date=date(2025, 10, 1))
    assert body(write_837p(batch(driven), envelope())).claims[0].accident_state == "IL"
