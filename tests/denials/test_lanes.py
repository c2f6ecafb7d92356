"""Lane, due date, proposals, letters, later answers: pure, by table (DOMAIN 5)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apps.denials.rules.due import DeadlineView, Due, due
from apps.denials.rules.lanes import NoRouteError, Reason, RuleView, leading, route
from apps.denials.rules.later import LaterAnswer, Result, Turnout, result
from apps.denials.rules.letters import FIELDS, MEDICAL_NECESSITY, UnknownFieldError, draft, fields_of, merge, refusal
from apps.denials.rules.prepare import LineView, coding_review, correction, may_appeal, propose_modifier

RULES = [
    RuleView(1, 10, "4"),
    RuleView(2, 20, "22", payer=7),
    RuleView(3, 30, "22"),
    RuleView(4, 1000),
]


@pytest.mark.parametrize(
    ("carc", "payer", "expected"),
    [("4", 1, 1), ("22", 7, 2), ("22", 8, 3), ("50", 1, 4), ("W99", 7, 4), ("", 1, 4)],
)
def test_the_first_rule_by_place_that_matches_decides(carc: str, payer: int, expected: int):
    assert route(carc, payer, list(reversed(RULES))).key == expected


def test_without_a_last_rule_for_everything_there_is_no_silence():
    with pytest.raises(NoRouteError):
        route("50", 1, RULES[:3])


def test_of_several_refusals_the_largest_leads_and_of_equals_the_first():
    small, first, second = (Reason("CO", carc, Decimal(amount)) for carc, amount in (("4", 5), ("50", 90), ("97", 90)))
    assert leading([small, first, second]) is first


DATES = {"served_on": date(2026, 8, 3), "remitted_on": date(2026, 9, 1), "received_on": date(2026, 9, 3)}


@pytest.mark.parametrize(
    ("lane", "deadlines", "expected"),
    [
        ("general", {}, Due(date(2026, 10, 3), None)),
        (
            "general",
            {"appeal_1": [DeadlineView(180, "remittance", "s")]},
            Due(date(2026, 10, 3), date(2027, 2, 28), "s"),
        ),
        (
            "medical_necessity",
            {"appeal_1": [DeadlineView(20, "remittance", "s")]},
            Due(date(2026, 9, 21), date(2026, 9, 21), "s"),
        ),
        (
            "coding_review",
            {"appeal_1": [DeadlineView(120, "receipt", "s")]},
            Due(date(2026, 10, 3), date(2027, 1, 1), "s"),
        ),
        (
            "modifier",
            {"corrected_filing": [DeadlineView(40, "service", "s")]},
            Due(date(2026, 9, 12), date(2026, 9, 12), "s"),
        ),
        ("modifier", {"appeal_1": [DeadlineView(10, "service", "s")]}, Due(date(2026, 10, 3), None)),
        (
            "coordination",
            {"corrected_filing": [DeadlineView(10, "receipt", "s")]},
            Due(date(2026, 9, 13), date(2026, 9, 13), "s"),
        ),
        (
            "general",
            {"appeal_1": [DeadlineView(120, "receipt", "manual"), DeadlineView(90, "remittance", "web page")]},
            Due(date(2026, 10, 3), date(2026, 11, 30), "web page"),
        ),
    ],
    ids=[
        "not configured",
        "far",
        "near",
        "from receipt",
        "corrected claim",
        "another clock",
        "coordination",
        "guides disagree",
    ],
)
def test_due_is_the_earlier_of_the_payers_deadline_and_thirty_days(
    lane: str, deadlines: dict[str, list[DeadlineView]], expected: Due
):
    assert due(lane, deadlines, **DATES) == expected


def test_a_corrected_claims_year_is_a_calendar_year_to_medicare():
    dates = {"served_on": date(2027, 3, 10), "remitted_on": date(2027, 4, 1), "received_on": date(2027, 4, 1)}
    for indicator, last in (("MB", date(2028, 3, 10)), ("CI", date(2028, 3, 9))):
        clocks = {"corrected_filing": [DeadlineView(365, "service", "s", indicator)]}
        assert due("modifier", clocks, **dates).deadline == last


VISIT, INJECTION, DRAW = LineView(1, "99213"), LineView(2, "20610", ("RT",)), LineView(2, "36415")


@pytest.mark.parametrize(
    ("denied", "lines", "modifier"),
    [
        (VISIT, [VISIT, INJECTION], "25"),
        (VISIT, [VISIT, DRAW], ""),
        (VISIT, [VISIT], ""),
        (LineView(1, "99213", ("25",)), [LineView(1, "99213", ("25",)), INJECTION], ""),
        (INJECTION, [VISIT, INJECTION], ""),
        (VISIT, [VISIT, LineView(2, "99396")], "25"),
        (LineView(1, "99396"), [LineView(1, "99396"), LineView(2, "99213")], ""),
        (LineView(1, "99396"), [LineView(1, "99396"), INJECTION], "25"),
        (None, [VISIT, INJECTION], ""),
    ],
)
def test_25_is_proposed_only_where_the_claim_itself_points_to_it(
    denied: LineView | None, lines: list[LineView], modifier: str
):
    proposal = propose_modifier(denied, lines)
    assert (proposal.modifier if proposal else "") == modifier


def test_a_proposal_says_why():
    assert correction(VISIT, [VISIT, INJECTION]) == {
        "kind": "correction",
        "line": 1,
        "procedure": "99213",
        "sent_modifiers": [],
        "modifier": "25",
        "because": [
            "Line 2 (20610-RT) is a procedure of the same day by the same provider.",
            "Modifier 25 says that the visit was significant and separate.",
        ],
    }


def test_a_coder_gets_the_lines_side_by_side_and_learns_of_a_duplicate():
    assert coding_review(INJECTION, [VISIT, INJECTION], ["N111"]) == {
        "kind": "coding_review",
        "line": 2,
        "code": "20610-RT",
        "beside": [{"line": 1, "code": "99213"}],
        "already_distinct": False,
        "duplicate": True,
    }


@pytest.mark.parametrize(("remarks", "expected"), [([], True), (["N519"], True), (["MA130"], False), (["N211"], False)])
def test_some_remarks_leave_no_right_to_appeal(remarks: list[str], expected: bool):
    assert may_appeal(remarks) is expected


def test_the_letter_uses_only_known_fields():
    texts = (MEDICAL_NECESSITY.subject, *MEDICAL_NECESSITY.paragraphs)
    assert {name for text in texts for name in fields_of(text)} <= FIELDS


def test_what_has_no_value_is_a_gap_to_fill():
    assert (
        merge("Member {member_id} of {payer_name}", {"payer_name": "Lone Prairie"})
        == "Member [FILL IN] of Lone Prairie"
    )


def test_a_field_that_does_not_exist_is_refused_by_name():
    with pytest.raises(UnknownFieldError, match="social_security"):
        merge("{social_security}", {})


def test_a_value_is_never_read_as_a_template():
    assert merge("{patient_name}", {"patient_name": "{member_id}"}) == "{member_id}"


def test_a_fresh_draft_waits_for_the_clinical_reason():
    subject, paragraphs = draft(MEDICAL_NECESSITY, dict.fromkeys(FIELDS, "x"))
    assert refusal(subject, paragraphs, may_appeal=True) == "Replace each [FILL IN] first."


@pytest.mark.parametrize(
    ("subject", "paragraphs", "appeal", "expected"),
    [
        ("About", ["Because."], True, ""),
        ("About", ["Because."], False, "The payer's remark leaves no right to appeal. Send a new claim."),
        (" ", ["Because."], True, "The letter is empty."),
        ("About", [" "], True, "The letter is empty."),
        ("[FILL IN]", ["Because."], True, "Replace each [FILL IN] first."),
    ],
)
def test_an_incomplete_letter_is_refused(subject: str, paragraphs: list[str], appeal: bool, expected: str):
    assert refusal(subject, paragraphs, may_appeal=appeal) == expected


def answer(paid: str, denied: str = "0", cost_share: str = "0") -> LaterAnswer:
    return LaterAnswer(Decimal(paid), Decimal(cost_share), Decimal(denied))


@pytest.mark.parametrize(
    ("before", "taken_back", "later", "expected"),
    [
        ("0", False, [], Result(Turnout.STANDS)),
        ("0", True, [], Result(Turnout.REVERSED)),
        ("0", True, [answer("80")], Result(Turnout.RECOVERED, Decimal(80))),
        ("0", False, [answer("80")], Result(Turnout.RECOVERED, Decimal(80))),
        ("30", True, [answer("80")], Result(Turnout.RECOVERED, Decimal(50))),
        ("0", False, [answer("0", cost_share="80")], Result(Turnout.RECOVERED, Decimal(0))),
        ("0", False, [answer("0", denied="148")], Result(Turnout.UPHELD)),
        ("30", True, [answer("30", denied="60")], Result(Turnout.UPHELD)),
        ("0", False, [answer("0", denied="148"), answer("80")], Result(Turnout.RECOVERED, Decimal(80))),
        ("0", False, [answer("40", denied="60")], Result(Turnout.RECOVERED, Decimal(40))),
        ("0", False, [answer("0")], Result(Turnout.STANDS)),
        ("0", False, [answer("80"), answer("0", denied="148")], Result(Turnout.UPHELD)),
    ],
)
def test_a_later_answer_decides(before: str, taken_back: bool, later: list[LaterAnswer], expected: Result):
    found = result(denied=Decimal(148), paid_with_denial=Decimal(before), taken_back=taken_back, later=later)
    assert found == expected


def another(paid: str, denied: str = "0", cost_share: str = "0", contractual: str = "0") -> LaterAnswer:
    return replace(answer(paid, denied, cost_share), contractual=Decimal(contractual), of_another=True)


@pytest.mark.parametrize(
    ("taken_back", "later", "expected"),
    [
        (False, [another("20")], Result(Turnout.STANDS)),
        (False, [another("15", cost_share="5")], Result(Turnout.STANDS)),
        (False, [another("0", cost_share="20")], Result(Turnout.STANDS)),
        (False, [another("25")], Result(Turnout.RECOVERED, Decimal(5))),
        (False, [another("15"), another("10")], Result(Turnout.RECOVERED, Decimal(5))),
        (False, [another("15", cost_share="15")], Result(Turnout.RECOVERED, Decimal(0))),
        (False, [another("15", contractual="85")], Result(Turnout.RECOVERED, Decimal(0))),
        (False, [another("15", contractual="24")], Result(Turnout.STANDS)),
        (False, [another("0", contractual="40", cost_share="20")], Result(Turnout.RECOVERED, Decimal(0))),
        (False, [another("20", denied="20")], Result(Turnout.STANDS)),
        (False, [answer("20")], Result(Turnout.RECOVERED, Decimal(20))),
        (True, [another("20")], Result(Turnout.RECOVERED, Decimal(20))),
    ],
)
def test_another_payers_money_recovers_a_denial_only_beyond_the_patients_share(
    taken_back: bool, later: list[LaterAnswer], expected: Result
):
    found = result(
        denied=Decimal(20),
        paid_with_denial=Decimal(0),
        taken_back=taken_back,
        later=later,
        patients_share=Decimal(20),
    )
    assert found == expected
