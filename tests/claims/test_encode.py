import io
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from apps.claims.encode import judge as judging
from apps.claims.encode.claims import ControlNumbers, TradingIds, write_claims
from apps.claims.encode.guide import guide_issues
from apps.claims.encode.judge import claims_at, judge
from apps.claims.rules.snapshot import ClaimView, CoverageView, FacilityView, PersonView
from apps.x12 import read
from apps.x12.guides.x837p import Claim
from tests.claims.sound import ELSEWHERE, SOUND, line, with_lines

NUMBERS = ControlNumbers(41, 42, 43, "TL43")
IDS = TradingIds("SENDER", "RECEIVER", "SUBMIT01", "THE CLEARINGHOUSE", "T")


def written(now: datetime, *claims: ClaimView) -> bytes:
    return write_claims(claims, SOUND.billing, IDS, NUMBERS, now=now)


def read_back(now: datetime, claim: ClaimView) -> Claim:
    document = read(written(now, claim))
    assert document.errors == ()
    (found,) = next(document.transactions).body.claims
    return found


VARIANTS = {
    "sound": SOUND,
    "many lines": with_lines(
        line(), line(2, procedure="20610", modifiers=("RT",), pointers=(2,)), diagnoses=SOUND.diagnoses
    ),
    "dependent": replace(SOUND, coverage=CoverageView("LP000000002", "G1", "19", PersonView("Parent", "Hathaway"))),
    "replacement": replace(SOUND, frequency="7", payer_claim_number="P123", prior_authorization="AUTH1"),
    "elsewhere": replace(SOUND, facility=FacilityView("School Clinic", "", ELSEWHERE)),
    "half units": with_lines(line(units=Decimal("1.5"))),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_what_we_write_is_sound_in_pyx12s_reading(name: str, now: datetime) -> None:
    assert judge(written(now, VARIANTS[name])) == []


def test_a_physician_who_bills_under_their_own_npi_is_not_named_a_second_time(now: datetime) -> None:
    alone = replace(SOUND, provider=replace(SOUND.provider, npi=SOUND.billing.npi))
    assert read_back(now, SOUND).rendering is not None
    assert read_back(now, alone).rendering is None
    assert judge(written(now, alone)) == []


def test_a_physicians_ssn_stands_beside_the_claim_and_not_in_the_envelope(now: datetime) -> None:
    physician = replace(SOUND.billing, tax_id="123456788", tax_id_kind="SY", trading_id=SOUND.billing.npi)
    payload = write_claims([SOUND], physician, TradingIds.of({}, physician), NUMBERS, now=now)
    assert payload.count(b"REF*SY*123456788~") == payload.count(b"123456788") == 1
    assert judge(payload) == []


def test_a_physician_who_bills_under_their_own_npi_is_told_as_a_person(now: datetime) -> None:
    physician = replace(SOUND.billing, first_name="Marisol", last_name="Quintero")
    payload = write_claims([SOUND], physician, IDS, NUMBERS, now=now)
    (transaction,) = read(payload).transactions
    billing = transaction.body.claims[0].billing_provider
    assert (billing.is_person, billing.name, billing.first_name) == (True, "Quintero", "Marisol")
    assert transaction.body.submitter.name == SOUND.billing.name
    assert judge(payload) == []


def test_the_envelope_carries_our_ids_and_numbers(now: datetime) -> None:
    (interchange,) = read(written(now, SOUND)).interchanges
    assert (interchange.sender_id, interchange.receiver_id, interchange.usage) == ("SENDER", "RECEIVER", "T")
    assert (interchange.control_number, interchange.groups[0].control_number) == ("000000041", "42")
    body = interchange.groups[0].transactions[0].body
    assert (body.reference, body.submitter.id, body.receiver.name) == ("TL43", "SUBMIT01", "THE CLEARINGHOUSE")
    # The practice's own clock: 15:00 in Austin.
    assert (body.created_on.isoformat(), body.created_at.hour) == ("2026-09-16", 15)


def test_a_patient_who_is_the_subscriber_stands_once(now: datetime) -> None:
    claim = read_back(now, SOUND)
    assert claim.patient is None
    assert (claim.subscriber.last_name, claim.subscriber.member_id, claim.subscriber.sex) == (
        "Hathaway",
        "LP000000001",
        "F",
    )


def test_a_dependent_stands_beneath_the_subscriber(now: datetime) -> None:
    claim = read_back(now, VARIANTS["dependent"])
    assert (claim.subscriber.first_name, claim.patient.first_name, claim.patient.relationship) == (
        "Parent",
        "Rosalind",
        "19",
    )


def test_the_payers_number_travels_only_with_a_correction(now: datetime) -> None:
    assert read_back(now, VARIANTS["replacement"]).payer_claim_number == "P123"
    assert read_back(now, replace(SOUND, payer_claim_number="P123")).payer_claim_number == ""


def test_each_line_carries_the_number_that_comes_back_on_the_remittance(now: datetime) -> None:
    (found,) = read_back(now, SOUND).lines
    assert (found.control_number, found.procedure, found.charge) == ("T1L1", "99213", Decimal("148.00"))


def test_ids_that_nobody_set_are_the_practices_own(now: datetime) -> None:
    assert TradingIds.of({}, SOUND.billing) == TradingIds(
        "741830269", "CLEARINGHOUSE", "741830269", "CLEARINGHOUSE", "P"
    )


def test_the_judge_names_segment_element_and_place(now: datetime) -> None:
    bad = replace(SOUND, control_number="T2", payer=replace(SOUND.payer, claims_id="X"))
    payload = written(now, SOUND, bad)
    (complaint,) = judge(payload)
    assert (complaint.segment, complaint.element, complaint.code) == ("NM1", 9, "4")
    assert complaint.sentence == "NM109, name: is too short."
    assert claims_at(payload, [complaint.position, 0, 2]) == {complaint.position: ("T2",), 0: (), 2: ()}


def test_what_is_wrong_above_the_subscribers_concerns_all_claims_beneath(now: datetime) -> None:
    billing = replace(SOUND.billing, npi="1")
    payload = write_claims([SOUND, replace(SOUND, control_number="T2")], billing, IDS, NUMBERS, now=now)
    (complaint,) = judge(payload)
    assert claims_at(payload, [complaint.position])[complaint.position] == ("T1", "T2")


@pytest.mark.parametrize("payload", [b"ISA*00*", b"<html>"])
def test_what_is_no_file_at_all_is_one_complaint(payload: bytes) -> None:
    (complaint,) = judge(payload)
    assert complaint.position == 0
    assert complaint.sentence == "the file cannot be read."


def test_a_claim_on_which_pyx12_crashes_is_found_alone(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    really = judging.pyx12.x12n_document.x12n_document

    def crash_on_one(params: object, source: io.StringIO, *rest: object, **named: object) -> object:
        if "CRASH" in source.getvalue():
            raise IndexError
        return really(params, source, *rest, **named)

    monkeypatch.setattr(judging.pyx12.x12n_document, "x12n_document", crash_on_one)
    found = guide_issues({1: SOUND, 2: replace(SOUND, control_number="CRASH")}, now=now)
    assert [(key, issue.sentence) for key, issues in found.items() for issue in issues] == [
        (2, "The guide's check refuses the claim: the file cannot be read.")
    ]
