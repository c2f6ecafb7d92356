"""What other payers decided, corrections, and what no field holds: X222A1 loops 2300 to 2440."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from apps.x12 import Delimiters, ErrorKind, WriteError, read, write_837p
from apps.x12.guides.parts import Contact, Reference
from apps.x12.guides.x837p import Adjustment, Claim, ClaimBatch, Drug
from apps.x12.raw import RawSegment
from apps.x12.segments import MOST_NOTES
from tests.x12.examples import CHILD, HOLDER, PROVIDER, batch, claim, envelope, line
from tests.x12.judge import complaints
from tests.x12.secondary_examples import full_secondary_claim, line_decision, other_coverage, secondary_claim
from tests.x12.test_837p import body


def written(*claims: Claim) -> bytes:
    return write_837p(batch(*claims), envelope())


@pytest.mark.long
@pytest.mark.parametrize("build", [secondary_claim, full_secondary_claim])
def test_pyx12_accepts_a_secondary_claim(build: type[Claim], tmp_path: Path) -> None:
    assert complaints(written(build()), tmp_path) == []


def test_a_full_secondary_claim_is_read_again() -> None:
    assert body(written(full_secondary_claim())) == batch(full_secondary_claim())


def test_a_full_secondary_claim_is_read_again_with_other_delimiters() -> None:
    marks = Delimiters(element="|", component=">", repetition="!", segment="\n")
    assert body(write_837p(batch(full_secondary_claim()), envelope(delimiters=marks))) == batch(full_secondary_claim())


def test_the_first_payers_decision_stands_at_claim_and_line() -> None:
    text = written(secondary_claim())
    assert b"~SBR*P*18*G1******CI~AMT*D*80~AMT*EAF*20~OI***Y***Y~NM1*IL*1*Example*Ada****MI*F100200300~" in text
    assert b"~NM1*PR*2*First Health Plan*****PI*12345~REF*F8*ICN0001~LX*1~" in text
    assert b"~SVD*12345*80*HC:99213**1~CAS*CO*45*25~CAS*PR*3*20~DTP*573*D8*20251112~AMT*EAF*20~SE*" in text


def test_records_of_other_payers_know_their_place() -> None:
    text = written(secondary_claim())
    segments = text.decode().split("~")
    (found,) = body(text).claims
    (coverage,) = found.other_coverages
    (decision,) = found.lines[0].decisions
    assert segments[coverage.segment - 1].startswith("SBR*P*")
    assert segments[decision.segment - 1].startswith("SVD*")
    assert segments[decision.adjustments[1].segment - 1] == "CAS*PR*3*20"


@pytest.mark.parametrize(("frequency", "kind"), [("7", "replacement"), ("8", "void")])
def test_a_correction_names_the_claim_it_speaks_of(frequency: str, kind: str) -> None:
    sentence = f"A {kind} (frequency {frequency}) needs the payer's number of the earlier claim (REF*F8)."
    with pytest.raises(WriteError) as caught:
        written(claim(frequency=frequency))
    assert str(caught.value) == f"Claim TL0000001: {sentence}"
    assert b"~REF*F8*PCN1~" in written(claim(frequency=frequency, payer_claim_number="PCN1"))


def line_of(**changes: object) -> Claim:
    return secondary_claim(lines=(line(**changes),))


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (claim(lines=(line(),) * 51), "A claim carries at most 50 service lines, not 51."),
        (
            secondary_claim(other_coverages=()),
            "Service line 1 was decided by payer 12345, which is none of the claim's other payers.",
        ),
        (line_of(decisions=(line_decision(),) * 16), "Service line 1 carries at most 15 decisions, not 16."),
        (
            line_of(decisions=(line_decision(decided_on=None),)),
            "The decision of payer 12345 on service line 1 has no date (DTP*573).",
        ),
        (
            secondary_claim(other_coverages=(other_coverage(),) * 11),
            "A claim names at most 10 other coverages, not 11.",
        ),
        (
            secondary_claim(other_coverages=(other_coverage(insured=None),)),
            "Another coverage needs its insured person and its payer's id.",
        ),
        (
            secondary_claim(other_coverages=(other_coverage(remark_codes=("N1",) * 6),)),
            "An MOA holds 5 remark codes, not 6.",
        ),
        (
            line_of(decisions=(line_decision(adjustments=(Adjustment("CO", "45", Decimal(1)),) * 31),)),
            "Adjustments fill at most 5 CAS, not 6.",
        ),
        (line_of(drug=Drug("00006412102", None, "ML")), "The drug of service line 1 has no quantity or no unit."),
        (line_of(drug=Drug("00006412102", Decimal(1), "")), "The drug of service line 1 has no quantity or no unit."),
        (line_of(modifiers=("2~",)), "SV101 holds a character that this interchange cannot carry."),
        (claim(rest=(RawSegment(("K3", "a*b")),)), "K301 holds a character that this interchange cannot carry."),
    ],
)
def test_what_the_guide_forbids_is_refused(broken: Claim, sentence: str) -> None:
    with pytest.raises(WriteError) as caught:
        written(broken)
    assert str(caught.value) == f"Claim {broken.control_number}: {sentence}"


def errors_of(text: bytes) -> tuple[ClaimBatch, list[tuple[ErrorKind, str]]]:
    document = read(text)
    (transaction,) = document.transactions
    assert isinstance(transaction.body, ClaimBatch)
    counted = ErrorKind.COUNT_MISMATCH
    return transaction.body, [(error.kind, error.message) for error in document.errors if error.kind is not counted]


@pytest.mark.parametrize("found", [b"SVD*12345*8O*", b"AMT*D*8O~", b"CAS*CO*45*8O~"])
def test_money_of_another_payer_that_cannot_be_read_sets_the_claim_apart(found: bytes) -> None:
    sound = {b"SVD": b"SVD*12345*80*", b"AMT": b"AMT*D*80~", b"CAS": b"CAS*CO*45*25~"}[found[:3]]
    read_batch, errors = errors_of(written(secondary_claim()).replace(sound, found))
    assert read_batch.claims == ()
    assert [kind for kind, _ in errors] == [ErrorKind.NOT_MONEY]


def test_another_coverage_without_its_people_is_named() -> None:
    text = written(secondary_claim()).replace(b"NM1*IL*1*Example*Ada****MI*F1", b"NM1*ZZ*1*Example*Ada****MI*F1")
    read_batch, errors = errors_of(text.replace(b"NM1*PR*2*First", b"NM1*YY*2*First").replace(b"OI***Y***Y~", b""))
    (coverage,) = read_batch.claims[0].other_coverages
    assert (coverage.insured, coverage.payer.id, coverage.benefits_assigned) == (None, "", "")
    assert [segment.elements[1] for segment in coverage.rest if segment.id == "NM1"] == ["ZZ", "YY"]
    assert [message for _, message in errors] == ["NM1*PR is missing.", "The other insured person is missing."]


def test_an_adjudication_of_remarks_only_says_no_amounts() -> None:
    remarked = secondary_claim(other_coverages=(other_coverage(remark_codes=("MA01",)),))
    assert b"~MOA***MA01~" in written(remarked)
    assert body(written(remarked)) == batch(remarked)


def added(after: bytes, segments: bytes) -> bytes:
    """A file whose claim has more after one of its segments."""
    text = written(secondary_claim())
    assert text.count(after) == 1
    return text.replace(after, after + segments)


@pytest.mark.parametrize(
    ("after", "segments"),
    [
        (b"REF*6R*L10001~", b"QQQ*1~"),
        (b"NM1*82*1*Medic*Dana****XX*1234567893~", b"QQQ*1~"),
        (b"REF*F8*ICN0001~", b"QQQ*1~"),
        (b"DMG*D8*19800517*F~", b"QQQ*1~"),
        (b"REF*6R*L10001~", b"NM1*PW*2~QQQ*1~"),
        (b"REF*EI*123456789~", b"QQQ*1~"),
    ],
)
def test_a_segment_that_the_guide_does_not_know_is_kept_and_named(after: bytes, segments: bytes) -> None:
    document = read(added(after, segments))
    (transaction,) = document.transactions
    assert [segment.elements for segment in transaction.unread] == [("QQQ", "1")]
    assert document.errors[0].message == "QQQ has no place here; it is kept as it stands."


@pytest.mark.parametrize(
    ("after", "segment"),
    [
        (b"NM1*82*1*Medic*Dana****XX*1234567893~", b"HCP*00*1~"),
        (b"DMG*D8*19800517*F~", b"HCP*00*1~"),
        (b"REF*F8*ICN0001~", b"HCP*00*1~"),
        (b"REF*EI*123456789~", b"HCP*00*1~"),
        (b"SVD*12345*80*HC:99213**1~", b"HCP*00*1~"),
        (b"NM1*IL*1*Example*Ada****MI*F100200300~", b"HCP*00*1~"),
        (b"NM1*40*2*Clearhouse*****46*CLEARHOUSE~", b"HCP*00*1~"),
    ],
)
def test_a_segment_in_a_loop_that_has_no_place_for_it_is_kept_and_named(after: bytes, segment: bytes) -> None:
    document = read(added(after, segment))
    (transaction,) = document.transactions
    assert [found.elements for found in transaction.unread] == [("HCP", "00", "1")]
    assert document.errors[0].message == "HCP has no place in this loop; it is kept as it stands."


def test_a_second_loop_of_one_kind_is_kept() -> None:
    text = added(b"NM1*82*1*Medic*Dana****XX*1234567893~PRV*PE*PXC*207Q00000X~", b"NM1*82*1*Second*Sam~")
    (found,) = errors_of(text)[0].claims
    assert found.rendering is not None
    assert found.rendering.last_name == "Medic"
    assert found.rest == (RawSegment(("NM1", "82", "1", "Second", "Sam")),)


def test_other_codes_than_diagnoses_are_kept() -> None:
    (found,) = errors_of(added(b"HI*ABK:E119*ABF:I10~", b"HI*BP:00100~HI*BG:01~"))[0].claims
    assert found.diagnoses == ("E119", "I10")
    assert found.rest == (RawSegment(("HI", "BP:00100")), RawSegment(("HI", "BG:01")))


def test_a_second_reference_of_one_kind_is_kept() -> None:
    (found,) = errors_of(added(b"REF*6R*L10001~", b"REF*G1*A1~REF*G1*A2~"))[0].claims
    assert found.lines[0].prior_authorization == "A1"
    assert found.lines[0].references == (Reference("G1", "A2"),)


@pytest.mark.long
def test_contacts_of_submitter_provider_and_patient_are_read_again(tmp_path: Path) -> None:
    second = Contact(name="Second desk", phone="2175550101")
    given = claim(
        billing_provider=replace(PROVIDER, other_contact=second),
        subscriber=replace(HOLDER, contact=second, rest=(RawSegment(("PAT", "", "", "", "", "", "", "01", "150")),)),
        patient=replace(CHILD, contact=second, references=(Reference("Y4", "CASE1"),)),
    )
    sent = batch(given)
    sent = replace(sent, submitter=replace(sent.submitter, other_contact=second))
    text = write_837p(sent, envelope())
    assert body(text) == sent
    assert complaints(text, tmp_path) == []


def test_a_batch_that_cannot_be_read_does_not_spoil_the_next() -> None:
    bad = written(claim())
    start, end = bad.index(b"ST*"), bad.index(b"GE*")
    again = bad[start:end].replace(b"BHT*", b"BHX*")
    document = read(bad[:start] + again + bad[start:end] + bad[end:].replace(b"GE*1*", b"GE*2*"))
    bodies = [transaction.body for transaction in document.transactions]
    assert bodies[0] is None
    assert bodies[1] == batch(claim())
    assert [error.message for error in document.errors] == [
        "BHT is missing.",
        "BHX has no place here; it is kept as it stands.",
    ]


def test_dates_that_no_field_has_are_read_with_their_qualifier() -> None:
    (found,) = errors_of(added(b"DTP*472*D8*20251029~", b"DTP*304*D8*2025102~DTP*455*D8*20251001~"))[0].claims
    assert [(item.qualifier, item.start) for item in found.lines[0].dates] == [("455", date(2025, 10, 1))]


def test_an_adjustment_between_empty_ones_is_read() -> None:
    text = written(secondary_claim()).replace(b"CAS*CO*45*25~", b"CAS*CO****45*25~")
    (found,) = errors_of(text)[0].claims
    assert found.lines[0].decisions == (line_decision(),)


@pytest.mark.long
def test_what_is_kept_is_bounded() -> None:
    (transaction,) = read(added(b"NM1*82*1*Medic*Dana****XX*1234567893~", b"HCP*00~" * (MOST_NOTES + 5))).transactions
    assert len(transaction.unread) == len(transaction.errors) == MOST_NOTES


def test_a_colon_in_text_that_is_kept_stays_a_colon() -> None:
    said = (RawSegment(("K3", "SEEN 10:30")), RawSegment(("NTE", "TPO", "BACK 11:45")), RawSegment(("HI", "BP:00100")))
    marks = Delimiters(component=">")
    data = write_837p(batch(claim(note="first", rest=said)), envelope(delimiters=marks))
    assert b"~K3*SEEN 10:30~NTE*ADD*first~NTE*TPO*BACK 11:45~" in data
    assert b"~HI*BP>00100~" in data
    assert body(data).claims[0].rest == said
    with pytest.raises(WriteError, match="K301 holds a character"):
        written(claim(rest=said))
