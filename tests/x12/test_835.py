from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given

from apps.x12 import ErrorKind, WriteError, read, write_835
from apps.x12.guides import x835
from apps.x12.guides.parts import Address, Amount, DatedPeriod, Party
from tests.x12 import strategies_claims
from tests.x12.examples import DAY, envelope, remittance, remittance_line, remitted_claim
from tests.x12.judge import complaints
from tests.x12.strategies import any_record


def bodies(data: bytes) -> list[x835.Remittance]:
    document = read(data)
    assert document.errors == ()
    found = [transaction.body for transaction in document.transactions]
    assert all(isinstance(body, x835.Remittance) for body in found)
    return found  # type: ignore[return-value]


def denied_claim() -> x835.RemittedClaim:
    line = remittance_line(
        paid=Decimal(0),
        adjustments=(x835.Adjustment("CO", "16", Decimal(125)),),
        remark_codes=("M76", "N290"),
        amounts=(),
    )
    return remitted_claim(
        control_number="TL0000002",
        status="4",
        paid=Decimal(0),
        patient_responsibility=None,
        lines=(line,),
        remark_codes=("MA130", "N1"),
        outpatient=x835.OutpatientAdjudication(payable_amount=Decimal(3)),
        dates=(DatedPeriod("050", DAY, DAY),),
        amounts=(Amount("AU", Decimal(0)),),
    )


def reversal() -> x835.RemittedClaim:
    line = remittance_line(
        charge=Decimal(-125),
        paid=Decimal("-80.50"),
        adjustments=(
            x835.Adjustment("CO", "45", Decimal("-24.50")),
            x835.Adjustment("PR", "3", Decimal(-20)),
        ),
        amounts=(),
    )
    return remitted_claim(
        status="22", charge=Decimal(-125), paid=Decimal("-80.50"), patient_responsibility=None, lines=(line,)
    )


def test_pyx12_accepts_a_payment(tmp_path: Path) -> None:
    assert complaints(write_835([remittance()], envelope()), tmp_path) == []


def test_pyx12_accepts_denials_reversals_and_a_provider_adjustment(tmp_path: Path) -> None:
    taken = x835.ProviderAdjustment("1234567893", date(2025, 12, 31), "L6", "EFT1000", Decimal("-1.20"))
    payment = remittance(remitted_claim(), denied_claim(), reversal(), provider_adjustments=(taken,))
    written = write_835([payment, replace(payment, trace_number="EFT1001")], envelope())
    assert complaints(written, tmp_path) == []


@any_record
@given(strategies_claims.remittances())
def test_what_is_written_is_read_again(written: x835.Remittance) -> None:
    assert bodies(write_835([written], envelope())) == [written]


def test_several_payments_in_one_file_stay_apart() -> None:
    payments = [remittance(), remittance(denied_claim(), trace_number="EFT1001")]
    assert bodies(write_835(payments, envelope())) == payments


def test_inpatient_remarks_are_read_again() -> None:
    stay = remitted_claim(remark_codes=("MA1", "MA2"), inpatient=x835.InpatientAdjudication(Decimal(3), Decimal(9)))
    assert bodies(write_835([remittance(stay)], envelope())) == [remittance(stay)]


def test_remarks_without_amounts_are_read_again() -> None:
    found = bodies(write_835([remittance(remitted_claim(remark_codes=("MA01",)))], envelope()))
    assert found[0].claims[0].remark_codes == ("MA01",)


def test_a_line_keeps_the_code_that_was_submitted_and_its_period() -> None:
    line = remittance_line(
        submitted_procedure="99214",
        submitted_modifiers=("25",),
        submitted_qualifier="HC",
        submitted_units=Decimal(2),
        service_end_date=date(2025, 10, 31),
        revenue_code="0510",
    )
    assert bodies(write_835([remittance(remitted_claim(lines=(line,)))], envelope()))[0].claims[0].lines == (line,)


def test_all_names_of_a_claim_are_read() -> None:
    named = remitted_claim(
        insured=Party("Example", "Ben", is_person=True, id_qualifier="MI", id="X", role="IL"),
        corrected_insured=Party("Example", "Adah", is_person=True, id_qualifier="C", id="Y", role="74"),
        rendering=Party("Medic", "Dana", is_person=True, id_qualifier="XX", id="1234567893", role="82"),
        crossover_payer=Party("Second Plan", id_qualifier="PI", id="SP1", role="TT"),
        corrected_payer=Party("Right Plan", id_qualifier="PI", id="RP1", role="PR"),
        other_subscriber=Party("Other", "Ola", is_person=True, id_qualifier="MI", id="Z", role="GB"),
    )
    assert bodies(write_835([remittance(named)], envelope()))[0].claims == (named,)


def test_every_figure_can_be_found_in_the_file() -> None:
    data = write_835([remittance()], envelope())
    texts = data.decode().split("~")
    claim = bodies(data)[0].claims[0]
    line = claim.lines[0]
    assert texts[claim.segment - 1].startswith("CLP*TL0000001")
    assert texts[line.segment - 1].startswith("SVC*HC:99213:25")
    assert {texts[item.segment - 1] for item in line.adjustments} == {"CAS*CO*45*24.5", "CAS*PR*3*20"}
    assert claim.all_adjustments == line.adjustments
    assert line.allowed == Decimal("100.50")


def test_a_line_without_an_allowed_amount_has_none() -> None:
    assert remittance_line(amounts=()).allowed is None


def test_a_balanced_payment_has_no_imbalance() -> None:
    payment = remittance(remitted_claim(), denied_claim(), reversal())
    assert x835.imbalances(payment) == ()
    assert x835.payment_difference(payment) == 0


def test_provider_adjustments_reduce_the_payment() -> None:
    taken = x835.ProviderAdjustment("1234567893", DAY, "WO", "TL9", Decimal(30))
    assert x835.imbalances(remittance(provider_adjustments=(taken,), amount=Decimal("50.50"))) == ()


def test_an_imbalance_is_reported_at_each_level_with_its_place() -> None:
    wrong_line = remittance_line(paid=Decimal("80.51"))
    payment = remittance(remitted_claim(lines=(wrong_line,), paid=Decimal("80.52")), amount=Decimal(90))
    (found,) = bodies(write_835([payment], envelope()))
    line, claim, total = x835.imbalances(found)
    assert (line.level, line.computed, line.stated, line.difference) == (
        x835.BalanceLevel.LINE,
        Decimal("80.50"),
        Decimal("80.51"),
        Decimal("-0.01"),
    )
    assert (line.claim, line.line, line.segment) == (0, 0, found.claims[0].lines[0].segment)
    assert (claim.level, claim.difference, claim.segment) == (
        x835.BalanceLevel.CLAIM,
        Decimal("-0.02"),
        found.claims[0].segment,
    )
    assert (total.level, total.computed, total.stated, total.segment) == (
        x835.BalanceLevel.PAYMENT,
        Decimal("80.52"),
        Decimal(90),
        found.segment,
    )


def test_claim_level_adjustments_take_part_in_the_claims_balance() -> None:
    reduced = remitted_claim(
        charge=Decimal(130), adjustments=(x835.Adjustment("OA", "23", Decimal(5)),), lines=(remittance_line(),)
    )
    assert x835.claim_imbalances(reduced) == ()


@pytest.mark.parametrize(
    ("before", "after", "place", "kind"),
    [
        (b"CLP*TL0000002*4*125*", b"CLP*TL0000002*4*12.5.0*", ("CLP", 3), ErrorKind.NOT_MONEY),
        (b"CLP*TL0000002*4*125*", b"CLP*TL0000002*4**", ("CLP", 3), ErrorKind.MISSING_ELEMENT),
        (b"CAS*CO*16*125", b"CAS*CO*16*NaN", ("CAS", 3), ErrorKind.NOT_MONEY),
        (b"CAS*CO*16*125", b"CAS*CO*16", ("CAS", 3), ErrorKind.MISSING_ELEMENT),
        (b"CAS*CO*16*125", b"CAS*CO**125", ("CAS", 2), ErrorKind.MISSING_ELEMENT),
        (b"AMT*AU*0", b"AMT*AU*zero", ("AMT", 2), ErrorKind.NOT_MONEY),
    ],
)
def test_a_claim_with_an_unreadable_amount_is_set_apart_and_named(
    before: bytes, after: bytes, place: tuple[str, int], kind: ErrorKind
) -> None:
    data = write_835([remittance(remitted_claim(), denied_claim())], envelope())
    assert before in data
    document = read(data.replace(before, after))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, x835.Remittance)
    assert [claim.control_number for claim in transaction.body.claims] == ["TL0000001"]
    assert [claim.control_number for claim in transaction.body.unreadable] == ["TL0000002"]
    (error,) = document.errors
    assert ((error.segment_id, error.element), error.kind) == (place, kind)


def test_an_unreadable_date_is_named_and_the_claim_stays() -> None:
    data = write_835([remittance()], envelope()).replace(b"DTM*472*20251029", b"DTM*472*20251032")
    document = read(data)
    (transaction,) = document.transactions
    assert isinstance(transaction.body, x835.Remittance)
    assert transaction.body.claims[0].lines[0].service_date is None
    (error,) = document.errors
    assert (error.kind, error.segment_id, error.element, error.found) == (ErrorKind.NOT_A_DATE, "DTM", 2, "20251032")


def test_a_payment_whose_amount_cannot_be_read_is_not_a_payment() -> None:
    payments = [remittance(), remittance(trace_number="EFT1001")]
    document = read(write_835(payments, envelope()).replace(b"BPR*I*80.5*", b"BPR*I*8O.5*", 1))
    first, second = document.transactions
    assert (first.body, second.body) == (None, payments[1])
    assert [error.transaction for error in document.errors] == ["0001"]


def test_a_payment_without_payee_is_read_and_named() -> None:
    data = write_835([remittance()], envelope()).replace(b"N1*PE", b"N1*ZZ")
    document = read(data)
    assert [error.message for error in document.errors] == [
        "N1*PE is missing.",
        "N1 has no place here; it is kept as it stands.",
    ]


def test_an_unreadable_provider_adjustment_is_left_out_and_the_payment_does_not_balance() -> None:
    good = x835.ProviderAdjustment("1234567893", DAY, "WO", "TL9", Decimal(30))
    payment = remittance(provider_adjustments=(good, replace(good, amount=Decimal(7))), amount=Decimal("43.50"))
    document = read(write_835([payment], envelope()).replace(b"*WO:TL9*7~", b"*WO:TL9*x~"))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, x835.Remittance)
    assert transaction.body.provider_adjustments == (good,)
    assert [item.level for item in x835.imbalances(transaction.body)] == [x835.BalanceLevel.PAYMENT]
    assert [(error.segment_id, error.element) for error in document.errors] == [("PLB", 6)]


def test_a_gap_in_a_provider_adjustment_is_no_adjustment() -> None:
    taken = x835.ProviderAdjustment("1234567893", DAY, "WO", "TL9", Decimal(30))
    data = write_835([remittance(provider_adjustments=(taken,))], envelope())
    assert bodies(data.replace(b"*WO:TL9*30~", b"***WO:TL9*30~"))[0].provider_adjustments == (taken,)


def test_padding_means_nothing() -> None:
    data = write_835([remittance()], envelope())
    assert bodies(data.replace(b"CLP*TL0000001*", b"CLP*TL0000001  *")) == [remittance()]


def test_segments_that_say_nothing_known_are_named_and_kept_and_do_not_disturb() -> None:
    data = write_835([remittance()], envelope())
    noisy = data.replace(b"SVC*", b"ZZZ~NM1~DTM*232~SVC*").replace(b"REF*6R", b"REF~ZZZ~QTY*ZL*2~LQ*HE~REF*6R")
    document = read(noisy)
    (transaction,) = document.transactions
    assert isinstance(transaction.body, x835.Remittance)
    assert transaction.body.claims[0].lines[0].control_number == "L10001"
    assert [error.segment_id for error in document.errors] == ["ZZZ", "NM1", "DTM", "REF", "ZZZ", "LQ", "SE"]
    assert [segment.elements for segment in transaction.unread] == [("ZZZ",), ("ZZZ",)]


@pytest.mark.parametrize("before", [b"SVC*", b"REF*6R*"], ids=["of the claim", "of a line"])
def test_a_quantity_that_cannot_be_read_sets_the_claim_apart(before: bytes) -> None:
    data = write_835([remittance()], envelope())
    document = read(data.replace(before, b"QTY*ZL*x~" + before, 1))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, x835.Remittance)
    assert [item.control_number for item in transaction.body.unreadable] == [remittance().claims[0].control_number]
    assert [(error.segment_id, error.element) for error in transaction.errors][:1] == [("QTY", 2)]


@pytest.mark.parametrize(("mark", "damaged"), [(b"SVC*", b"SVC."), (b"CAS*CO*", b"CAS.CO."), (b"AMT*", b"AMT.")])
def test_money_behind_a_damaged_separator_sets_the_claim_apart(mark: bytes, damaged: bytes) -> None:
    data = write_835([remittance()], envelope())
    assert mark in data
    document = read(data.replace(mark, damaged, 1))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, x835.Remittance)
    assert [item.control_number for item in transaction.body.unreadable] == [remittance().claims[0].control_number]
    assert document.errors


@pytest.mark.parametrize("payments", [[], [remittance(trace_number="")]])
def test_nothing_and_a_payment_without_trace_are_not_written(payments: list[x835.Remittance]) -> None:
    with pytest.raises(WriteError):
        write_835(payments, envelope())


def test_an_empty_triplet_is_no_adjustment() -> None:
    data = write_835([remittance()], envelope()).replace(b"CAS*CO*45*24.5~", b"CAS*CO****45*24.5~")
    assert bodies(data) == [remittance()]


@pytest.mark.parametrize("address", [Address(line1="1 Road"), Address(city="Peoria", state="IL"), Address(), None])
def test_half_an_address_is_read_again(address: Address | None) -> None:
    payer = x835.RemittanceParty(name="Plan", address=address)
    (found,) = bodies(write_835([remittance(payer=payer)], envelope()))
    assert found.payer == replace(payer, address=None if address == Address() else address)


def test_a_name_is_shown_in_the_order_of_speech() -> None:
    assert Party("Example", "Ada", "B", "Jr", is_person=True).name == "Ada B Example Jr"


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        (b"AMT*B6*100.5~", b"AMT*B6*x~", ("AMT", 2)),
        (b"AMT*B6*100.5~", b"AMT*B6~", ("AMT", 2)),
        (b"CAS*CO*45*24.5~", b"CAS*CO**24.5~", ("CAS", 2)),
        (b"CAS*CO*45*24.5~", b"CAS*CO*45*24.5*x~", ("CAS", 4)),
        (b"CAS*CO*45*24.5~", b"CAS*CO****45*x~", ("CAS", 6)),
        (b"CAS*CO*45*24.5~", b"CAS*XX*45*24.5~", ("CAS", 1)),
        (b"*125*80.5**1~", b"*125*80.5**x~", ("SVC", 5)),
        (b"*125*80.5**1~", b"*125*80.5**1**x~", ("SVC", 7)),
        (b"*125*80.5**1~", b"~", ("SVC", 2)),
    ],
)
def test_an_amount_that_cannot_be_read_sets_its_claim_apart(
    before: bytes, after: bytes, place: tuple[str, int]
) -> None:
    data = write_835([remittance()], envelope())
    assert before in data
    document = read(data.replace(before, after))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, x835.Remittance)
    assert (transaction.body.claims, len(transaction.body.unreadable)) == ((), 1)
    assert [(error.segment_id, error.element) for error in document.errors] == [place]


def test_a_segment_between_claims_that_belongs_nowhere_is_kept_and_named() -> None:
    data = write_835([remittance()], envelope()).replace(b"CLP*", b"LX*7~CAS*CO*45*1~AMT*AU*x~CLPX*1~TS2*1~CLP*", 1)
    (transaction,) = read(data).transactions
    assert isinstance(transaction.body, x835.Remittance)
    assert [claim.group_number for claim in transaction.body.claims] == ["7"]
    assert [segment.id for segment in transaction.unread] == ["CAS", "AMT", "CLPX", "TS2"]


def test_a_providers_summary_is_read_with_its_group() -> None:
    data = write_835([remittance()], envelope()).replace(b"CLP*", b"LX*7~TS3*6543210*11*20251231*3*310.5~CLP*", 1)
    (transaction,) = read(data).transactions
    assert isinstance(transaction.body, x835.Remittance)
    assert transaction.body.summaries == (
        x835.ProviderSummary(
            provider_id="6543210",
            place_of_service="11",
            fiscal_date=date(2025, 12, 31),
            claims=Decimal(3),
            charge=Decimal("310.5"),
            group_number="7",
        ),
    )


def test_a_start_of_service_comes_before_a_period_of_statement() -> None:
    data = write_835([remittance()], envelope())
    line = data.replace(b"DTM*472*20251029~", b"DTM*472*20251029~DTM*150*20251001~DTM*151*20251030~DTM*573*20251101~")
    (transaction,) = read(line).transactions
    assert isinstance(transaction.body, x835.Remittance)
    (read_line,) = transaction.body.claims[0].lines
    assert (read_line.service_date, read_line.service_end_date) == (date(2025, 10, 29), date(2025, 10, 30))


def test_a_pharmacys_reject_code_is_kept_and_no_error() -> None:
    data = write_835([remittance()], envelope()).replace(b"SE*19*", b"LQ*RX*70~SE*20*")
    (transaction,) = (document := read(data)).transactions
    assert (document.errors, transaction.body) == ((), remittance())
    assert [segment.elements for segment in transaction.unread] == [("LQ", "RX", "70")]
