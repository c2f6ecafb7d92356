"""The replay of a visit's answers, by table: pure, no database."""

from collections.abc import ItemsView
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from apps.remittances.rules.content import content_of
from apps.remittances.rules.movement import OpenCharge, Parts, move_charge
from apps.remittances.rules.replay import Act, Answer, Visit, pairs, rank_of, replay
from apps.x12.guides.x835 import Adjustment, RemittedClaim, ServiceLine

ZERO, CHARGE = Decimal(0), 11
FIRST_DAY = date(2026, 9, 29)
WHOLE = OpenCharge(Decimal(500), ZERO, Decimal(500), {5: Decimal(500)})


def answer(key: str, paid: str = "0", contractual: str = "0", cost_share: str = "0", **fields: object) -> Answer:
    parts = Parts(Decimal(paid), Decimal(contractual), Decimal(cost_share))
    told: dict[str, object] = {
        "key": key,
        "claim_id": 7,
        "payer_id": 5,
        "rank": 1,
        "paid_on": FIRST_DAY,
        "trace": key,
        "number": 1,
        "content": f"{paid} {contractual} {cost_share}",
        "charge": Decimal(500),
        "paid": parts.paid,
        "parts": {CHARGE: parts},
    }
    return Answer(**(told | fields))  # type: ignore[arg-type]


def reversal(of: Answer, key: str, **fields: object) -> Answer:
    told = {"key": key, "trace": key, "charge": -of.charge, "paid": -of.paid, "is_reversal": True, "parts": {}}
    return replace(of, **(told | fields))  # type: ignore[arg-type]


def end(*answers: Answer, acts: tuple[Act, ...] = ()) -> tuple[Decimal, Decimal, dict[int | None, Decimal]]:
    """Insurance, patient, and what each payer owes."""
    replayed = replay(Visit({CHARGE: WHOLE}, answers, acts))
    now_open = WHOLE
    for key in replayed.order:
        now_open = now_open.plus(replayed.movements[key][CHARGE])
    return now_open.insurance, now_open.patient, {payer: owed for payer, owed in now_open.owed_by.items() if owed}


class _Counted(dict[int, Parts]):
    """Parts of an answer that count how often they are read."""

    reads = 0

    def items(self) -> ItemsView[int, Parts]:
        _Counted.reads += 1
        return super().items()

    def get(self, *asked: Any) -> Any:
        _Counted.reads += 1
        return super().get(*asked)


def test_what_later_payers_leave_no_room_for_is_not_summed_anew_for_each_answer() -> None:
    def reads(number: int) -> int:
        _Counted.reads = 0
        parts = _Counted({CHARGE: Parts(Decimal(1), Decimal(2))})
        several = [answer(f"a{each:03}", "1", "2", parts=parts, rank=2) for each in range(number)]
        replay(Visit({CHARGE: WHOLE}, several))
        return _Counted.reads

    assert 0 < reads(80) <= 2 * reads(40)


MEDICARE = answer("a", "300", "125", "75")
MEDICAID = answer("b", "65", "435", payer_id=6, rank=2)


@pytest.mark.parametrize("answers", list(permutations([MEDICARE, MEDICAID])))
def test_payers_speak_in_their_own_order(answers: tuple[Answer, ...]) -> None:
    assert replay(Visit({CHARGE: WHOLE}, answers)).order == ("a", "b")
    assert end(*answers) == (0, 0, {})


def test_within_a_payers_place_the_day_counts_then_the_trace_then_the_number() -> None:
    first = answer("z", trace="0")
    answers = [
        first,
        answer("y", trace="0", number=2),
        answer("x", trace="1"),
        answer("w", paid_on=FIRST_DAY + timedelta(days=1)),
        answer("v", rank=2, paid_on=FIRST_DAY - timedelta(days=1)),
    ]
    assert replay(Visit({CHARGE: WHOLE}, answers[::-1])).order == ("z", "y", "x", "w", "v")


@pytest.mark.parametrize(
    ("status", "place", "expected"), [("1", 1, 1), ("19", 1, 1), ("4", 2, 2), ("20", 1, 2), ("2", 3, 3), ("21", 2, 3)]
)
def test_the_later_of_what_the_payer_says_and_what_we_billed_counts(status: str, place: int, expected: int) -> None:
    assert rank_of(status, place) == expected


def test_a_reversal_undoes_what_says_the_same_of_its_payer_first_and_the_oldest() -> None:
    other = answer("a", "80", "20", payer_id=6)
    late = answer("b", "80", "20", paid_on=FIRST_DAY + timedelta(days=2))
    early, alike = answer("c", "80", "20"), answer("d", "80", "0", "20", paid_on=FIRST_DAY - timedelta(days=1))
    undoes = reversal(early, "r", paid_on=FIRST_DAY + timedelta(days=3))
    assert pairs([other, late, early, alike, undoes]) == {"c": "r"}
    assert pairs([other, alike, undoes]) == {"a": "r"}
    assert pairs([alike, undoes]) == {"d": "r"}
    assert pairs([undoes]) == {}


def test_what_a_payer_paid_later_is_not_taken_back_by_amounts_alone_nor_what_it_paid_for_another_claim() -> None:
    lost = answer("a", "80", "20")
    undoes = reversal(lost, "r", paid_on=FIRST_DAY)
    correction = answer("b", "80", "0", "20", paid_on=FIRST_DAY + timedelta(days=1))
    assert pairs([correction, undoes]) == {}
    assert pairs([replace(lost, claim_id=8), undoes]) == {}


@pytest.mark.parametrize("told", [{"status_code": "19"}, {"payer_claim_number": "ICN2"}])
def test_answers_of_one_day_trace_and_content_have_their_places_whichever_came_first(told: dict[str, object]) -> None:
    first = answer("a", trace="0", status_code="1", payer_claim_number="ICN1")
    second = replace(first, key="b", **told)  # type: ignore[arg-type]
    assert replay(Visit({CHARGE: WHOLE}, [first, second])).order == ("a", "b")
    assert replay(Visit({CHARGE: WHOLE}, [second, first])).order == ("a", "b")


def test_of_answers_that_say_the_same_a_reversal_means_the_one_whose_number_it_bears() -> None:
    first = answer("a", trace="0", payer_claim_number="ICN1")
    second = replace(first, key="b", payer_claim_number="ICN2")
    assert pairs([first, second, reversal(second, "r")]) == {"b": "r"}
    assert pairs([first, second, reversal(second, "r", payer_claim_number="ICN3")]) == {"a": "r"}


def test_two_reversals_of_one_answer_leave_one_waiting() -> None:
    first = answer("a", "80")
    assert pairs([reversal(first, "s"), reversal(first, "r"), first]) == {"a": "r"}


def test_what_is_undone_moves_nothing_of_what_the_others_leave() -> None:
    wrong = answer("a", "250", "250")
    assert end(wrong, reversal(wrong, "r"), answer("c", "300", "125", "75")) == (0, 75, {})
    replayed = replay(Visit({CHARGE: WHOLE}, [wrong, reversal(wrong, "r")]))
    assert (replayed.order, replayed.undoes) == ((), {"r": "a"})
    assert replayed.movements["a"][CHARGE].paid == 250


def test_what_people_did_stays_behind_the_answers_that_it_followed() -> None:
    release = Act(20, {CHARGE: OpenCharge(Decimal(-40), Decimal(40), owed_by={5: Decimal(-40)})})
    partly = answer("a", "300", "125", "35", arrived=10)
    moves = replay(Visit({CHARGE: WHOLE}, [partly], [release])).movements["a"][CHARGE]
    assert (moves.insurance, moves.patient) == (-460, 35)
    later = replace(partly, arrived=None)
    assert replay(Visit({CHARGE: WHOLE}, [later], [release])).movements["a"][CHARGE].patient == 0


@pytest.mark.parametrize(
    ("paid", "owed_by", "expected"),
    [
        ("40", {5: "40"}, {5: "-40"}),
        ("40", {5: "30", 6: "10"}, {6: "-10", 5: "-30"}),
        ("50", {5: "40"}, {5: "-40", 6: "-10"}),
        ("40", {5: "-20", 6: "60"}, {6: "-40"}),
        ("40", {None: "40"}, {None: "-40"}),
        ("-40", {5: "40"}, {6: "40"}),
    ],
)
def test_a_payer_settles_its_own_debt_then_others_and_bears_its_own_credit(
    paid: str, owed_by: dict[int | None, str], expected: dict[int | None, str]
) -> None:
    debts = {payer: Decimal(owed) for payer, owed in owed_by.items()}
    now_open = OpenCharge(sum(debts.values(), ZERO), ZERO, Decimal(500), debts)
    move = move_charge(Parts(Decimal(paid)), now_open, 6, further=True)
    assert move.owed_by == {payer: Decimal(owed) for payer, owed in expected.items()}
    assert sum(move.owed_by.values()) == move.insurance


def test_a_reversal_bears_the_content_of_what_it_reverses_in_whatever_order_it_is_written() -> None:
    def said(sign: int, *codes: str) -> RemittedClaim:
        parts = tuple(Adjustment("CO", code, sign * Decimal("10.0")) for code in codes)
        line = ServiceLine("99213", (), sign * Decimal(100), sign * Decimal(80), adjustments=parts)
        return RemittedClaim("C1", "1", sign * Decimal(100), sign * Decimal("80.00"), lines=(line,))

    posted = content_of(said(1, "45", "97"), is_reversal=False)
    assert content_of(said(-1, "97", "45"), is_reversal=True) == posted
    assert content_of(said(-1, "97", "50"), is_reversal=True) != posted


NAMED = reversal(answer("q"), "by hand", takes_back="q2")
THE_PAYERS = reversal(answer("q", "80"), "22")


@pytest.mark.parametrize("answers", list(permutations([answer("q1", "80"), answer("q2", "80"), NAMED, THE_PAYERS])))
def test_a_reversal_by_hand_takes_back_what_it_names_whatever_else_says_the_same(answers: tuple[Answer, ...]) -> None:
    assert replay(Visit({CHARGE: WHOLE}, answers)).undone_by == {"q2": "by hand", "q1": "22"}


@pytest.mark.parametrize("answers", list(permutations([answer("q2", "80"), NAMED, answer("q3")])))
def test_a_reversal_by_hand_takes_back_nothing_else_than_it_names(answers: tuple[Answer, ...]) -> None:
    assert replay(Visit({CHARGE: WHOLE}, answers)).undone_by == {"q2": "by hand"}
    left = [each for each in answers if each.key != "q2"]
    assert replay(Visit({CHARGE: WHOLE}, left)).undone_by == {}
