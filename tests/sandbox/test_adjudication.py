from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from apps.sandbox.payers import members, policy
from apps.sandbox.payers.policy import Decision
from apps.sandbox.world.payers import BY_ID, PAYERS
from apps.sandbox.world.practice import ZONE
from tests.sandbox.outgoing import Sent
from tests.sandbox.town import Town

Open = Callable[..., Town]
CENTS, ZERO = Decimal("0.01"), Decimal(0)


def shares(decision: Decision, code: str = "") -> list[tuple[str, str, str]]:
    """Group, code and amount of each adjustment, of all lines or of one procedure's."""
    found = [each for each in decision.results if code in {"", each.line.procedure}]
    return [(adj.group, adj.code, f"{adj.amount:.2f}") for each in found for adj in each.adjustments]


def with_deductible(town: Town, sent: Sent, left: str) -> None:
    """Set what the member still has to meet this year."""
    cover = sent.patient.coverage
    assert cover is not None
    member = members.find(town.world, cover.payer.payer_id, cover.member_id)
    assert member is not None
    standing = members.deductible_left(town.world, member, sent.visit.day.year)
    members.use_deductible(town.world, cover.member_id, sent.visit.day.year, standing - Decimal(left))


@pytest.mark.parametrize("payer", [each.payer_id for each in PAYERS])
def test_every_line_balances(town: Town, payer: str) -> None:
    decision = town.decide(town.visit(payer=payer))
    for each in decision.results:
        assert each.line.charge == each.paid + sum(adj.amount for adj in each.adjustments)


def test_an_office_visit_costs_the_copay_and_no_deductible(town: Town) -> None:
    sent = town.visit(payer="LPHP1", code="99213")
    with_deductible(town, sent, "1500")
    decision = town.decide(sent)
    assert ("CO", "45", "56.24") in shares(decision, "99213")
    assert ("PR", "3", "30.00") in shares(decision, "99213")
    assert "1" not in {code for _, code, _ in shares(decision, "99213")}


def test_the_deductible_comes_before_coinsurance(town: Town) -> None:
    sent = town.visit(payer="FSPB5", code="99214")
    with_deductible(town, sent, "50")
    decision = town.decide(sent)
    # 212.00 at 55 % is 116.60; 50.00 deductible, 20 % of 66.60, then 2 % sequestration of what is left.
    assert shares(decision, "99214") == [
        ("CO", "45", "95.40"), ("PR", "1", "50.00"), ("PR", "2", "13.32"), ("CO", "253", "1.07"),
    ]  # fmt: skip
    assert decision.results[0].paid == Decimal("52.21")


def test_preventive_care_costs_the_patient_nothing(town: Town) -> None:
    sent = town.visit(payer="CPRK3", code="99396")
    with_deductible(town, sent, "500")
    assert [group for group, _, _ in shares(town.decide(sent), "99396")] == ["CO"]


def test_a_visit_beside_a_procedure_without_modifier_25_is_denied_as_4(town: Town) -> None:
    sent = town.visit(payer="BBMU2", code="17110")
    visit = next(line.code for line in sent.visit.lines if line.code.startswith("992"))
    sent.modifiers = {visit: ()}
    decision = town.decide(sent)
    assert shares(decision, visit)[0][:2] == ("CO", "4")
    assert decision.denials == ["4"]
    assert decision.outcome == "1"


def test_a_claim_denied_in_full_carries_the_payers_own_status(open_town: Open) -> None:
    town = open_town(denials={"16": 1.0})
    outcomes = {payer: town.decide(town.visit(payer=payer)).outcome for payer in ("LPHP1", "BBMU2")}
    assert outcomes == {"LPHP1": "1", "BBMU2": "4"}


@pytest.mark.long
def test_a_lapsed_member_is_denied_as_27(open_town: Open) -> None:
    decision = (town := open_town(mess={"lapsed": 1.0})).decide(town.visit(payer="LPHP1"))
    assert {adj[:2] for adj in shares(decision)} == {("PR", "27")}


def test_a_claim_to_the_wrong_first_payer_is_denied_as_22_and_paid_as_secondary(open_town: Open) -> None:
    town = open_town(mess={"other_payer": 1.0})
    sent = town.visit(payer="LPHP1", code="99213")
    assert town.decide(sent).denials[0] == "22"
    sent.control, sent.prior_paid = "SECOND", Decimal("60.00")
    second = town.decide(sent)
    assert second.outcome == "2"
    assert ("OA", "23", "60.00") in shares(second, "99213")


def test_the_payer_that_comes_first_knows_the_member_by_another_id(open_town: Open) -> None:
    town = open_town(mess={"other_payer": 1.0})
    cover = town.visit(payer="LPHP1").patient.coverage
    assert cover is not None
    assert cover.other_primary is not None
    member = members.find(town.world, cover.other_primary.payer_id, cover.other_member_id)
    assert member is not None
    assert member.first is None


@pytest.mark.long
def test_a_claim_after_the_filing_limit_is_denied_as_29(town: Town) -> None:
    sent = town.visit(payer="CPRK3")
    town.world.state.now += timedelta(days=BY_ID["CPRK3"].timely_filing_days + 1)
    assert town.decide(sent).denials[0] == "29"


@pytest.mark.parametrize(
    ("code", "group"),
    [("16", "CO"), ("197", "CO"), ("B7", "CO"), ("29", "CO"), ("22", "CO"), ("50", "CO"), ("96", "PR")],
)
def test_the_denial_mix_is_a_knob(open_town: Open, code: str, group: str) -> None:
    town = open_town(denials={code: 1.0})
    decision = town.decide(town.visit(payer="LPHP1"))
    assert (group, code) in {adj[:2] for adj in shares(decision)}
    assert set(decision.denials) == {code}


def test_97_takes_the_smaller_of_two_lines(open_town: Open) -> None:
    town = open_town(denials={"97": 1.0})
    decision = town.decide(town.visit(payer="LPHP1", code="36415"))
    assert shares(decision, "36415") == [("CO", "97", "15.00")]
    assert decision.denials == ["97"]


def test_one_payer_splits_its_denials(open_town: Open) -> None:
    town = open_town(denials={"197": 1.0})
    decision = town.decide(town.visit(payer="LOAK4", code="99213"))
    assert shares(decision, "99213") == [("CO", "45", "53.28"), ("CO", "197", "94.72")]


def test_medicare_says_ma130_with_16_and_another_payer_does_not(open_town: Open) -> None:
    town = open_town(denials={"16": 1.0})
    said = {payer: town.decide(town.visit(payer=payer)).remarks for payer in ("FSPB5", "LPHP1")}
    assert said == {"FSPB5": ["MA130", "N290"], "LPHP1": ["N290"]}


def test_a_qualified_medicare_beneficiarys_cost_share_is_marked(town: Town) -> None:
    sent = next(
        each
        for each in town.visits(60)
        if each.patient.coverage and each.patient.coverage.qmb and _has_cost_share(each)
    )
    town.world.state.now += timedelta(days=90)
    assert set(town.decide(sent).remarks) & {"N781", "N782"}


def _has_cost_share(sent: Sent) -> bool:
    return any(line.code in {"99212", "99213", "99214"} for line in sent.visit.lines)


@pytest.mark.long
def test_what_is_cured_is_not_denied_again_and_what_stands_is(open_town: Open) -> None:
    for code, denied_again in (("16", False), ("50", True)):
        town = open_town(code, denials={code: 1.0}, days_to_pay=1)
        claim = town.visit(payer="LPHP1")
        town.send([claim])
        town.advance(days=4)
        again = Sent(claim.patient, claim.visit, "AGAIN")
        assert (code in town.decide(again).denials) == denied_again


def test_a_paid_claim_sent_again_as_new_is_denied_as_18(open_town: Open) -> None:
    town = open_town(days_to_pay=1)
    claim = town.visit(payer="LPHP1")
    town.send([claim])
    town.advance(days=4)
    decision = town.decide(Sent(claim.patient, claim.visit, "OTHERNUMBER"))
    assert {adj[:2] for adj in shares(decision)} == {("OA", "18")}


def test_a_payer_that_underpays_allows_the_first_line_below_its_contract(open_town: Open) -> None:
    """99213 costs 148.00; at 62 % the contract says 91.76, of which 85 % are 78.00."""
    town = open_town(underpays=1.0)
    decision = town.decide(town.visit(payer="LPHP1", code="99213"))
    first = decision.results[0]
    assert (first.line.procedure, first.allowed) == ("99213", Decimal("78.00"))
    assert ("CO", "45", "70.00") in shares(decision, "99213")
    assert first.line.charge == first.paid + sum(adj.amount for adj in first.adjustments)


def supplemented(town: Town) -> Sent:
    """A visit of a patient with a second plan."""
    found = next(each for each in town.visits(days=60) if each.patient.coverage and each.patient.coverage.next_payer)
    evening = datetime.combine(found.visit.day, town.world.now.astimezone(ZONE).timetz())
    town.world.state.now = max(town.world.now, evening)
    return found


@pytest.mark.long
def test_a_second_payer_pays_what_the_first_left_to_the_patient_less_its_coinsurance(town: Town) -> None:
    sent = supplemented(town)
    cover = sent.patient.coverage
    assert cover is not None
    assert cover.next_payer is not None
    member = members.find(town.world, cover.next_payer.payer_id, cover.next_member_id)
    assert member is not None
    assert (member.payer, member.first) == (cover.next_payer, cover.payer)
    sent.payer_id, sent.member_id, sent.control, sent.prior_paid = (
        cover.next_payer.payer_id,
        cover.next_member_id,
        "SECOND",
        ZERO,
    )
    town.send([sent])
    town.advance(minutes=1)
    claim = next(each for each in town.world.state.claims.values() if each.control == "SECOND")
    line = claim.lines[0]
    line.prior_paid, line.prior_share = line.charge / 2, Decimal("10.00")
    result = policy.decide(town.world, member, claim).results[0]
    own = (10 * cover.next_payer.coinsurance).quantize(CENTS)
    assert (result.paid, result.share("PR"), result.share("OA")) == (10 - own, own, line.charge - 10)


@pytest.mark.long
def test_a_second_payer_that_is_asked_first_names_the_other(town: Town) -> None:
    sent = supplemented(town)
    cover = sent.patient.coverage
    assert cover is not None
    assert cover.next_payer is not None
    sent.payer_id, sent.member_id = cover.next_payer.payer_id, cover.next_member_id
    assert set(town.decide(sent).denials) == {"22"}
