"""The pure rules, by table."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.remittances.rules.billed import BilledClaim, BilledLine, is_plausible
from apps.remittances.rules.by_hand import HandPosting, plan_by_hand, problem_of
from apps.remittances.rules.candidates import Traits, likenesses
from apps.remittances.rules.classes import AdjustmentClass, ClassRow, ClassTable
from apps.remittances.rules.lines import match_lines
from apps.remittances.rules.movement import OpenCharge, Parts, first_movement, further_movement, move_charge
from apps.remittances.rules.parts import parts_of
from apps.remittances.rules.plan import is_reversal, plan_claim
from apps.remittances.rules.plans import Held, PlannedPosting, Situation
from apps.remittances.rules.provider_adjustments import Counterpart, counterpart_of, sentence_of
from apps.remittances.rules.shares import spread, spread_parts
from apps.x12.guides.parts import Party
from apps.x12.guides.x835 import Adjustment, RemittedClaim, ServiceLine

ZERO = Decimal(0)
CHARGE = Decimal(100)
money = st.decimals(min_value=0, max_value=10_000, places=2)

FIRST = BilledLine(1, 11, "L1", "99213", ("25",), Decimal(100))
SECOND = BilledLine(2, 12, "L2", "20610", ("RT",), Decimal(60))
CLAIM = BilledClaim(
    claim_id=7,
    encounter_id=8,
    patient_id=9,
    payer_id=5,
    control_number="C1",
    payer_claim_number="",
    total=Decimal(160),
    service_date=date(2026, 9, 1),
    last_name="Lindqvist",
    member_id="M1",
    lines=(FIRST, SECOND),
)


def service(procedure: str, charge: str, paid: str = "0", *codes: tuple[str, str], **fields: object) -> ServiceLine:
    said = tuple(Adjustment(*code.split("-"), amount=Decimal(amount)) for code, amount in codes)
    told = {"modifiers": (), "adjustments": said} | fields
    return ServiceLine(procedure=procedure, charge=Decimal(charge), paid=Decimal(paid), **told)  # type: ignore[arg-type]


def remitted(*lines: ServiceLine, status: str = "1", **fields: object) -> RemittedClaim:
    told = {
        "control_number": "C1",
        "status": status,
        "charge": sum((line.charge for line in lines), ZERO),
        "paid": sum((line.paid for line in lines), ZERO),
        "lines": lines,
    } | fields
    return RemittedClaim(**told)  # type: ignore[arg-type]


def situation(**fields: object) -> Situation:
    told = {"billed": CLAIM, "payer_id": 5, "table": ClassTable()} | fields
    return Situation(**told)  # type: ignore[arg-type]


@pytest.mark.parametrize("carc", ["45", "44", "59", "94", "104", "131", "144", "161", "237", "253"])
@pytest.mark.parametrize("group", ["CO", "OA", "PI"])
def test_the_contracts_codes_are_contractual_in_every_group_but_the_patients(group: str, carc: str) -> None:
    assert ClassTable().classify(group, carc, charge=CHARGE) is AdjustmentClass.CONTRACTUAL


@pytest.mark.parametrize(
    ("group", "carc", "charge", "expected"),
    [
        ("PR", "1", "100", AdjustmentClass.COST_SHARE),
        ("PR", "2", "100", AdjustmentClass.COST_SHARE),
        ("PR", "3", "100", AdjustmentClass.COST_SHARE),
        ("PR", "66", "100", AdjustmentClass.COST_SHARE),
        ("PR", "241", "100", AdjustmentClass.COST_SHARE),
        ("CO", "1", "100", AdjustmentClass.DENIAL),
        ("PR", "45", "100", AdjustmentClass.DENIAL),
        ("PR", "96", "100", AdjustmentClass.DENIAL),
        ("OA", "23", "100", AdjustmentClass.PRIOR_PAYER),
        ("CO", "24", "100", AdjustmentClass.DENIAL),
        ("CO", "246", "100", AdjustmentClass.INFORMATIONAL),
        ("CO", "16", "0.01", AdjustmentClass.INFORMATIONAL),
        ("CO", "16", "0.02", AdjustmentClass.DENIAL),
        ("CO", "Z99", "100", AdjustmentClass.DENIAL),
    ],
)
def test_an_adjustment_is_classed_by_the_table(group: str, carc: str, charge: str, expected: AdjustmentClass) -> None:
    assert ClassTable().classify(group, carc, charge=Decimal(charge)) is expected


def test_the_most_specific_row_wins() -> None:
    rows = [
        ClassRow("24", AdjustmentClass.CONTRACTUAL, payer_id=5),
        ClassRow("24", AdjustmentClass.INFORMATIONAL, rarc="N130"),
        ClassRow("45", AdjustmentClass.DENIAL, "CO", rarc="N381"),
    ]
    capitated, other = ClassTable(rows, 5), ClassTable(rows, 6)
    assert capitated.classify("CO", "24", charge=CHARGE, remarks=["N130"]) is AdjustmentClass.CONTRACTUAL
    assert other.classify("CO", "24", charge=CHARGE, remarks=["N130"]) is AdjustmentClass.INFORMATIONAL
    assert other.classify("CO", "24", charge=CHARGE) is AdjustmentClass.DENIAL
    assert other.classify("CO", "45", charge=CHARGE, remarks=["N381"]) is AdjustmentClass.DENIAL
    assert other.classify("CO", "45", charge=CHARGE) is AdjustmentClass.CONTRACTUAL


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (service("99213", "100", control_number="L2"), SECOND),
        (service("99213", "100", modifiers=("25",)), FIRST),
        (service("99213", "100"), FIRST),
        (service("99213", "90", modifiers=("25",)), FIRST),
        (service("99212", "100", submitted_procedure="99213"), FIRST),
        (service("99212", "100"), FIRST),
        (service("99212", "60"), SECOND),
        (service("00000", "7"), None),
        (service("99213", "100", control_number="elsewhere"), FIRST),
    ],
)
def test_a_line_is_matched_ever_less_strictly(line: ServiceLine, expected: BilledLine | None) -> None:
    assert match_lines([line], CLAIM.lines) == (expected,)


def test_a_line_that_was_split_is_named_twice_and_two_alike_lines_once_each() -> None:
    split = [service("99213", "70"), service("99213", "30"), service("20610", "60")]
    assert match_lines(split, CLAIM.lines) == (FIRST, FIRST, SECOND)
    twin = replace(SECOND, procedure="99213", amount=FIRST.amount, modifiers=FIRST.modifiers)
    alike = [service("99213", "100", modifiers=("25",))] * 2
    assert match_lines(alike, (FIRST, twin)) == (FIRST, twin)


def test_a_line_is_not_given_to_another_that_the_file_only_names_before() -> None:
    """The payer answers 20610 by a code of its own and the same charge as 99213's."""
    twin = replace(SECOND, amount=FIRST.amount)
    told = [service("20999", "100", "70"), service("99213", "100", "80", modifiers=("25",))]
    assert match_lines(told, (FIRST, twin)) == (twin, FIRST)
    numbered = [
        service("99213", "100", modifiers=("25",)),
        service("99213", "100", control_number=FIRST.control_number),
    ]
    assert match_lines(numbered, (FIRST, replace(twin, procedure="99213"))) == (replace(twin, procedure="99213"), FIRST)


def test_extra_unbundled_lines_without_a_charge_do_not_hold_a_claim() -> None:
    told = remitted(
        service("99213", "100", "100"), service("20610", "60", "60"), service("76942", "0", "0", ("CO-97", "0"))
    )
    plan = plan_claim(told, situation())
    assert isinstance(plan, PlannedPosting)
    assert len(plan.lines) == 2


def test_several_answers_to_one_line_are_one_word() -> None:
    told = remitted(
        service("99213", "70", "50", ("CO-45", "20"), remark_codes=("N1",)),
        service("99213", "30", "10", ("PR-2", "20"), remark_codes=("N1", "N2")),
        service("20610", "60", "60"),
    )
    plan = plan_claim(told, situation())
    assert isinstance(plan, PlannedPosting)
    word = plan.lines[0]
    assert (word.charge, word.paid, word.contractual, word.cost_share) == (100, 60, 20, 20)
    assert word.remark_codes == ("N1", "N2")


def test_lines_whose_charges_are_not_the_claims_do_not_balance() -> None:
    told = remitted(service("99213", "100", "100"), charge=Decimal(160), paid=Decimal(160))
    plan = plan_claim(told, situation())
    assert isinstance(plan, Held)
    assert plan.sentence == "The service lines are charged $100.00 together, the claim $160.00."


def test_a_line_that_does_not_balance_is_named() -> None:
    told = remitted(service("99213", "100", "90"), service("20610", "60", "70"))
    plan = plan_claim(told, situation())
    assert isinstance(plan, Held)
    assert plan.sentence == "Service line 2 does not balance: its parts give $60.00, it says $70.00."


@pytest.mark.parametrize(
    ("status", "charge", "paid", "expected"),
    [
        ("22", "-100", "-80", True),
        ("22", "-100", "0", True),
        ("22", "100", "80", False),
        ("1", "-100", "0", True),
        ("22", "100", "-80", True),
        ("1", "100", "0", False),
    ],
)
def test_a_reversal_is_known_by_its_negative_amounts(status: str, charge: str, paid: str, expected: bool) -> None:
    told = RemittedClaim(control_number="C1", status=status, charge=Decimal(charge), paid=Decimal(paid))
    assert is_reversal(told) is expected


def test_an_answer_to_a_claim_that_was_voided_here_is_held_for_a_person() -> None:
    line = service("99213", "100.00", "100.00")
    held = plan_claim(remitted(line), situation(billed=replace(CLAIM, voided=True)))
    assert isinstance(held, Held)
    assert held.sentence.startswith("This claim was voided here, and yet the payer answers it.")


def test_an_estimate_that_carries_money_is_refused() -> None:
    plan = plan_claim(remitted(service("99213", "100", "100"), status="25"), situation())
    assert isinstance(plan, Held)
    assert plan.sentence == "An estimate before the visit, not a payment. Yet it carries $100.00."


@pytest.mark.parametrize(
    ("told", "by_ours", "by_theirs"),
    [
        ({"charge": Decimal(-160)}, True, True),
        ({"charge": Decimal(160), "patient": Party("Quintero", id="M2")}, True, False),
        ({"patient": Party("LINDQVIST", "Marta")}, True, True),
        ({"patient": Party("LIND-QVIST", "Marta")}, True, True),
        ({"insured": Party("Other", id="M1")}, True, True),
        ({"patient": Party("Other", id="M2")}, False, False),
        ({}, False, False),
    ],
)
def test_a_number_is_believed_when_something_else_agrees(
    told: dict[str, object], by_ours: bool, by_theirs: bool
) -> None:
    base = {"control_number": "C1", "status": "1", "charge": Decimal(1), "paid": ZERO}
    remitted = RemittedClaim(**(base | told))  # type: ignore[arg-type]
    assert (is_plausible(remitted, CLAIM, by_our_number=True), is_plausible(remitted, CLAIM, by_our_number=False)) == (
        by_ours,
        by_theirs,
    )


@given(money, st.lists(money, min_size=1, max_size=6))
def test_what_is_spread_sums_to_what_was_given(amount: Decimal, weights: list[Decimal]) -> None:
    parts = spread(amount, weights)
    assert sum(parts) == amount
    assert len(parts) == len(weights)


@given(st.lists(money, min_size=1, max_size=4), st.lists(money, min_size=1, max_size=6))
@example([Decimal("0.01")] * 3, [Decimal("0.02"), Decimal("0.01")])
def test_parts_that_are_spread_together_leave_no_cent_on_any_line(parts: list[Decimal], weights: list[Decimal]) -> None:
    shares = spread_parts(parts, weights)
    assert [sum(column) for column in zip(*shares, strict=True)] == parts
    assert [sum(row) for row in shares] == spread(sum(parts, ZERO), weights)
    assert all(share >= 0 for row in shares for share in row)


def test_claim_adjustments_that_take_something_back_are_spread_to_the_cent() -> None:
    """A payer may name negative CAS amounts on the claim as a whole."""
    parts = [Decimal("-14.69"), Decimal("90.28"), Decimal("-8.46")]
    weights = [Decimal(5), Decimal(116)]
    shares = spread_parts(parts, weights)
    assert [sum(column) for column in zip(*shares, strict=True)] == parts
    assert [sum(row) for row in shares] == spread(sum(parts, ZERO), weights)


@given(money, money, money)
def test_a_first_movement_balances(paid: Decimal, contractual: Decimal, cost_share: Decimal) -> None:
    move = first_movement(Parts(paid, contractual, cost_share))
    assert move.paid + move.contractual + move.insurance + move.patient == 0


signed = st.decimals(min_value=-500, max_value=500, places=2)


@given(signed, money, money, signed, signed)
def test_a_further_movement_balances_and_adjusts_no_charge_below_zero(
    paid: Decimal, contractual: Decimal, cost_share: Decimal, insurance: Decimal, patient: Decimal
) -> None:
    now_open = OpenCharge(insurance, patient, Decimal(1))
    move = further_movement(Parts(paid, contractual, cost_share), now_open)
    assert move.paid + move.contractual + move.insurance + move.patient == 0
    after_payment = max(insurance, ZERO) + max(patient, ZERO) - max(paid, ZERO) + max(-paid, ZERO)
    assert 0 <= move.contractual <= max(after_payment, ZERO)


@pytest.mark.parametrize(
    ("parts", "now_open", "insurance", "patient"),
    [
        # Medicaid after Medicare: 500 charged, 75 left with the patient (DOMAIN 4).
        (Parts(Decimal(65), Decimal(435)), OpenCharge(ZERO, Decimal(75), Decimal(500)), 0, 0),
        (Parts(Decimal(65), Decimal(430), Decimal(5)), OpenCharge(ZERO, Decimal(75), Decimal(500)), 0, 5),
        (Parts(Decimal(40), ZERO, Decimal(10)), OpenCharge(Decimal(100), ZERO, Decimal(50)), 50, 10),
        (Parts(Decimal(65)), OpenCharge(ZERO, ZERO, Decimal(500)), -65, 0),
        (Parts(Decimal(-10)), OpenCharge(ZERO, ZERO, Decimal(500)), 10, 0),
        # 20 denied by another payer and 20 left to the patient: the share first, the denial with what goes beyond it (DOMAIN 5).
        (Parts(Decimal(15)), OpenCharge(Decimal(20), Decimal(20), Decimal(100)), 20, 5),
        (Parts(Decimal(25)), OpenCharge(Decimal(20), Decimal(20), Decimal(100)), 15, 0),
        (Parts(Decimal(15), Decimal(5)), OpenCharge(Decimal(20), Decimal(20), Decimal(100)), 20, 0),
        (Parts(Decimal(15), Decimal(85)), OpenCharge(Decimal(20), Decimal(20), Decimal(100)), 0, 0),
        (Parts(Decimal(15), ZERO, Decimal(5)), OpenCharge(Decimal(20), Decimal(20), Decimal(100)), 20, 5),
        (Parts(ZERO, ZERO, Decimal(30)), OpenCharge(Decimal(20), Decimal(20), Decimal(100)), 10, 30),
        (Parts(Decimal(-10)), OpenCharge(Decimal(20), Decimal(20), Decimal(100)), 30, 20),
    ],
)
def test_another_payer_takes_only_what_is_left(
    parts: Parts, now_open: OpenCharge, insurance: int, patient: int
) -> None:
    move = further_movement(parts, now_open)
    assert (now_open.insurance + move.insurance, now_open.patient + move.patient) == (insurance, patient)


@pytest.mark.parametrize(
    ("payer", "paid", "owed_by", "patient"),
    [(5, "20", {5: "0", 6: "10"}, "20"), (6, "20", {5: "20", 6: "0"}, "10"), (7, "20", {5: "20", 6: "10"}, "0")],
)
def test_a_payer_settles_its_own_denial_before_the_patients_share_and_others_after_it(
    payer: int, paid: str, owed_by: dict[int, str], patient: str
) -> None:
    stands = OpenCharge(Decimal(30), Decimal(20), Decimal(100), {5: Decimal(20), 6: Decimal(10)})
    after = stands.plus(move_charge(Parts(Decimal(paid)), stands, payer, further=True))
    assert after.owed_by == {key: Decimal(amount) for key, amount in owed_by.items()}
    assert after.patient == Decimal(patient)


def test_each_provider_adjustment_has_a_sentence_and_a_place() -> None:
    assert counterpart_of("FB") is Counterpart.CARRIED
    assert counterpart_of("ZZ") is Counterpart.ADJUSTMENT
    assert sentence_of("L6") == "Interest paid to the practice"
    assert sentence_of("ZZ") == "Adjustment of the payment as a whole"


def test_a_hand_posting_names_the_whole_charge() -> None:
    assert problem_of(HandPosting(paid=Decimal(160)), CLAIM.total) == ""
    too_much = HandPosting(paid=Decimal(150), copay=Decimal(20))
    assert problem_of(too_much, CLAIM.total) == "Together that is $10.00 more than the claim's charge of $160.00."


def test_a_hand_posting_is_spread_over_the_lines_by_their_charges() -> None:
    plan = by_hand(HandPosting(paid=Decimal(80), contractual=Decimal(80)))
    assert [parts.paid for parts in parts_of(CLAIM, plan.lines).values()] == [Decimal(50), Decimal(30)]
    assert [(line.line, line.paid, line.denied) for line in plan.lines] == [
        (FIRST, Decimal(50), ZERO),
        (SECOND, Decimal(30), ZERO),
    ]


def by_hand(hand: HandPosting, billed: BilledClaim = CLAIM) -> PlannedPosting:
    return plan_by_hand(hand, billed, 5, segment=3)


cents = st.integers(min_value=0, max_value=3000).map(lambda number: Decimal(number) / 100)


@given(st.lists(cents, min_size=5, max_size=5), cents, st.lists(cents, min_size=1, max_size=4))
def test_each_line_of_a_hand_posting_balances_and_all_sum_to_what_was_named(
    named: list[Decimal], denied: Decimal, cuts: list[Decimal]
) -> None:
    hand = HandPosting(**dict(zip(("paid", "contractual", "deductible", "coinsurance", "copay"), named, strict=True)))
    total = sum(named, denied)
    amounts = []
    for cut in cuts:
        amounts.append(min(cut, total - sum(amounts, ZERO)))
    amounts.append(total - sum(amounts, ZERO))
    lines = tuple(BilledLine(n, n, f"L{n}", "99213", (), amount) for n, amount in enumerate(amounts))
    plan = by_hand(replace(hand, denial_code="97"), replace(CLAIM, total=total, lines=lines))
    for line in plan.lines:
        assert line.charge == line.paid + line.contractual + line.cost_share + line.denied
    assert sum((line.paid for line in plan.lines), ZERO) == hand.paid
    assert sum((line.cost_share for line in plan.lines), ZERO) == hand.cost_share
    assert sum((line.denied for line in plan.lines), ZERO) == denied


def test_likenesses_are_told_in_words() -> None:
    ours = Traits("C-000041827", "Lindqvist", "Marta", "M1", date(2026, 9, 1), Decimal(160))
    cut = Traits("C-000041827XYZ", "LINDQVIST", "", "", None, Decimal(-160))
    assert likenesses(cut, ours) == ("beginning of the number", "charge", "last name")
    assert likenesses(Traits("C", "", "", "", None, ZERO), ours) == ()
