from collections.abc import Callable
from decimal import Decimal

import pytest

from apps.sandbox.clearinghouse.judge import judge
from apps.sandbox.wire.edi import at
from tests.sandbox.outgoing import Sent
from tests.sandbox.town import Town, dollars, scan

Open = Callable[..., Town]
# pyx12's list of remark codes is older than the QMB alerts.
YOUNGER_REMARKS = frozenset({"N781", "N782"})


def paid_by_claims(text: str) -> Decimal:
    return sum((dollars(row[4]) for row in scan(text).segments if row[0] == "CLP"), Decimal(0))


def offsets(text: str) -> list[tuple[str, str]]:
    found = scan(text)
    pairs = [row[3:] for row in found.segments if row[0] == "PLB"]
    return [(row[at_].split(found.component)[0], row[at_ + 1]) for row in pairs for at_ in range(0, len(row), 2)]


def total(text: str) -> Decimal:
    return next(dollars(row[2]) for row in scan(text).segments if row[0] == "BPR")


def pay_all(town: Town, days: int = 4) -> list[str]:
    town.send(town.visits())
    town.advance(days=days)
    return town.files("835")


@pytest.fixture(scope="module")
def lively(open_shared_town: Open) -> Town:
    """A few days of everything that payers do, mess and chance included. Only read."""
    town = open_shared_town(
        calm=False, visits_per_day=20, days_to_pay=1, interest=0.3, recoupment=1.0, announce_bookings="none",
        denials={"16": 0.1, "97": 0.1, "50": 0.1}, mess={"missing_modifier_25": 0.5, "other_payer": 0.1},
    )  # fmt: skip
    for _ in range(4):
        town.send(town.visits())
        town.advance(days=1)
    town.advance(days=4)
    return town


def test_every_835_passes_pyx12(lively: Town) -> None:
    assert len(lively.files("835")) > 15
    for text in lively.files("835"):
        verdict = judge(text)
        errors = [error for group in verdict.groups for one in group.sets for error in one.segments]
        values = {element.value for error in errors for element in error.elements}
        assert not verdict.codes
        assert values <= YOUNGER_REMARKS, errors


def test_every_payment_is_its_claims_less_its_provider_adjustments(lively: Town) -> None:
    for text in lively.files("835"):
        assert total(text) == paid_by_claims(text) - sum(dollars(amount) for _, amount in offsets(text))


@pytest.mark.long
def test_every_claim_is_its_payment_and_its_adjustments(lively: Town) -> None:
    for text in lively.files("835"):
        for charge, paid, adjusted in _claims(text):
            assert charge - adjusted == paid


def _claims(text: str) -> list[tuple[Decimal, Decimal, Decimal]]:
    found: list[tuple[Decimal, Decimal, Decimal]] = []
    for row in scan(text).segments:
        if row[0] == "CLP":
            found.append((dollars(row[3]), dollars(row[4]), Decimal(0)))
        elif row[0] == "CAS":
            charge, paid, adjusted = found[-1]
            found[-1] = (charge, paid, adjusted + sum(dollars(amount) for amount in row[3::3]))
    return found


@pytest.mark.long
def test_deposits_are_the_payments(lively: Town) -> None:
    assert sum(each.amount for each in lively.world.state.deposits) == sum(total(text) for text in lively.files("835"))


def test_a_payer_pays_after_its_days_on_a_business_day(open_town: Open) -> None:
    town = open_town()
    claim = town.visit(payer="SGMC6")
    town.send([claim])
    town.advance(days=6)
    assert town.files("835") == []
    town.advance(days=4)
    assert [row[16] for row in town.rows("835", "BPR") if row[2] != "0"] == [
        f"{town.world.state.deposits[0].day:%Y%m%d}"
    ]
    assert town.world.state.deposits[0].day.weekday() < 5


def test_two_payers_write_with_separators_of_their_own(open_town: Open) -> None:
    town = open_town(days_to_pay=1)
    town.send([town.visit(payer="LOAK4"), town.visit(payer="HCET7")])
    town.advance(days=5)
    openings = sorted((text[3], scan(text).component, text[105]) for text in town.files("835"))
    assert openings == [("*", ">", "\n"), ("|", ":", "~")]


def test_a_replacement_takes_back_the_original_and_pays_again(open_town: Open) -> None:
    town = open_town(days_to_pay=1)
    claim = town.visit(payer="LPHP1", code="99213")
    town.send([claim])
    town.advance(days=3)
    first = town.rows("835", "CLP")[0]
    town.send([Sent(claim.patient, claim.visit, claim.control, "7", first[7])])
    town.advance(days=4)
    _, back, again = town.rows("835", "CLP")
    assert back[2:5] == ["22", f"-{first[3]}", f"-{first[4]}"]
    assert (back[7], again[2], again[4], again[9]) == (first[7], "1", first[4], "7")
    assert town.rows("835", "BPR")[-1][2] == "0"


def test_a_void_only_takes_back_and_the_debt_is_carried_forward(open_town: Open) -> None:
    town = open_town(days_to_pay=1)
    claim = town.visit(payer="LPHP1", code="99213")
    town.send([claim])
    town.advance(days=3)
    first = town.rows("835", "CLP")[0]
    town.send([Sent(claim.patient, claim.visit, claim.control, "8", first[7])])
    town.advance(days=4)
    assert town.rows("835", "CLP")[-1][2] == "22"
    text = town.files("835")[-1]
    assert (total(text), offsets(text)) == (Decimal(0), [("FB", f"-{first[4]}")])
    assert [(each.code, each.amount) for each in town.world.state.carried["LPHP1"]] == [("FB", Decimal(first[4]))]


def test_a_void_gives_back_the_deductible_that_the_claim_had_used(open_town: Open) -> None:
    town = open_town(days_to_pay=1)
    claim = town.visit(payer="MQNL8", code="36415")
    assert claim.patient.coverage is not None
    met, year = town.world.state.deductible_met, f"{claim.patient.coverage.member_id} {claim.visit.day.year}"
    met[year] = standing = Decimal(-3000)  # the whole deductible is still to be met
    town.send([claim])
    town.advance(days=5)
    assert met[year] == standing + Decimal("9.00")
    number = town.rows("835", "CLP")[0][7]
    town.send([Sent(claim.patient, claim.visit, claim.control, "8", number)])
    town.advance(days=5)
    assert met[year] == standing


@pytest.mark.long
def test_a_recoupment_is_deferred_now_and_taken_with_the_next_payment(open_town: Open) -> None:
    town = open_town(days_to_pay=1)
    first = town.visit(payer="LPHP1", code="99213")
    town.send([first])
    town.advance(days=3)
    town.call("POST", "/control/knobs", json={"recoupment": 1.0})
    for _ in range(2):
        town.send([town.visit(payer="LPHP1", code="99213")])
        town.advance(days=4)
    second, third = town.files("835")[-2:]
    assert [code for code, _ in offsets(second)] == ["WO"]
    deferred, taken = dollars(offsets(second)[0][1]), dollars(offsets(third)[0][1])
    assert deferred == -taken < 0


def test_interest_raises_the_payment(open_town: Open) -> None:
    town = open_town(days_to_pay=1, interest=1.0)
    town.send([town.visit(payer="LPHP1", code="99213")])
    town.advance(days=4)
    text = town.files("835")[0]
    assert [code for code, _ in offsets(text)] == ["L6"]
    assert total(text) > paid_by_claims(text)


def test_a_lost_835_leaves_a_deposit_that_nothing_explains(open_town: Open) -> None:
    town = open_town(days_to_pay=1, lose_835=1.0)
    assert pay_all(town) == []
    assert town.world.state.deposits
    tally = town.call("GET", "/control/tally").json()
    assert tally["deposits"]["delivered"] == "0.00"
    assert Decimal(tally["deposits"]["amount"]) > 0


def test_the_same_remittance_may_come_twice(open_town: Open) -> None:
    town = open_town(days_to_pay=1, repeat_835=1.0)
    texts = pay_all(town)
    assert len(texts) == 2 * len(set(texts))


def test_line_control_numbers_come_back_from_all_but_the_terse_payer(open_town: Open) -> None:
    town = open_town(days_to_pay=1)
    town.send([town.visit(payer="LPHP1"), town.visit(payer="HCET7")])
    town.advance(days=5)
    terse, plain = sorted(town.files("835"), key=lambda text: any(at(row, 1) == "6R" for row in scan(text).segments))
    assert ("HC>" in terse, "6R" in terse, "REF*6R*" in plain) == (True, False, True)
