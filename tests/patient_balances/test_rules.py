"""The pure rules, by table."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from apps.claims.states import ClaimStatus
from apps.patient_balances.rules import guard, texts
from apps.patient_balances.rules.channels import NoWay, Way, choose
from apps.patient_balances.rules.limits import may_hear
from apps.patient_balances.rules.opt_out import Meaning, meaning_of
from apps.patient_balances.rules.sequence import CLOSE, Close, Touch, due, loudest
from apps.patient_balances.rules.sharing import spread
from apps.patient_balances.rules.standing import Standing, Verdict, judge
from apps.patient_balances.rules.windows import is_open, is_sending_day, next_opening
from apps.patient_balances.rules.zones import zones_of

LINK = "https://billing.pecanrow.com/pay/" + "a" * 43
WORDS = texts.Words("Pecan Row", "512-555-0111", LINK)
NEEDED = guard.Required("Pecan Row", "+15125550111", LINK)
AUSTIN, NEW_YORK = ZoneInfo("America/Chicago"), ZoneInfo("America/New_York")


def on(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("sent", "today", "step"),
    [
        ({}, "2026-09-16", Touch.FIRST),
        ({Touch.FIRST: "2026-09-16"}, "2026-09-22", None),
        ({Touch.FIRST: "2026-09-16"}, "2026-09-23", Touch.REMINDER),
        ({Touch.FIRST: "2026-09-16", Touch.REMINDER: "2026-09-23"}, "2026-09-29", None),
        ({Touch.FIRST: "2026-09-16", Touch.REMINDER: "2026-09-23"}, "2026-09-30", Touch.FINAL),
        # The reminder was late: the final notice keeps five days' distance.
        ({Touch.FIRST: "2026-09-16", Touch.REMINDER: "2026-09-28"}, "2026-09-30", None),
        ({Touch.FIRST: "2026-09-16", Touch.REMINDER: "2026-09-28"}, "2026-10-03", Touch.FINAL),
        (dict.fromkeys(Touch, "2026-09-16"), "2026-10-06", None),
        (dict.fromkeys(Touch, "2026-09-16"), "2026-10-07", CLOSE),
    ],
)
def test_the_sequence_is_day_0_7_14_and_closes_on_21(
    sent: dict[Touch, str], today: str, step: Touch | Close | None
) -> None:
    assert due({touch: on(day) for touch, day in sent.items()}, on(today)) == step


def test_several_balances_speak_with_the_words_of_the_furthest() -> None:
    assert loudest([Touch.FIRST, Touch.FINAL, Touch.REMINDER]) is Touch.FINAL


@pytest.mark.parametrize(
    ("state", "postcode", "phone", "zones"),
    [
        ("TX", "787041933", "+12125550100", {"America/Chicago"}),
        ("TX", "799010000", "", {"America/Denver"}),
        ("KS", "677010000", "", {"America/Chicago", "America/Denver"}),
        ("az", "850010000", "", {"America/Phoenix"}),
        ("PR", "009010000", "", {"America/Puerto_Rico"}),
        ("", "787041933", "+12125550100", {"America/New_York"}),
        ("ON", "", "+13125550100", {"America/Chicago"}),
        (
            "",
            "",
            "nobody's number",
            {"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"},
        ),
    ],
)
def test_the_zone_is_the_addresss_then_the_area_codes_then_every_one(
    state: str, postcode: str, phone: str, zones: set[str]
) -> None:
    assert {zone.key for zone in zones_of(state=state, postcode=postcode, phone=phone)} == zones


@pytest.mark.parametrize(
    ("moment", "zones", "expected"),
    [
        ("2026-09-16T08:59:59-05:00", (AUSTIN,), False),
        ("2026-09-16T09:00:00-05:00", (AUSTIN,), True),
        ("2026-09-16T19:59:59-05:00", (AUSTIN,), True),
        ("2026-09-16T20:00:00-05:00", (AUSTIN,), False),
        # 19:30 in Austin is 20:30 in New York: not where both count.
        ("2026-09-16T19:30:00-05:00", (AUSTIN, NEW_YORK), False),
        ("2026-09-20T12:00:00-05:00", (AUSTIN,), False),  # a Sunday
        ("2026-09-07T12:00:00-05:00", (AUSTIN,), False),  # Labor Day
        ("2026-07-03T12:00:00-05:00", (AUSTIN,), False),  # Independence Day, observed
    ],
)
def test_messages_leave_between_nine_and_eight_at_the_patient(
    moment: str, zones: tuple[ZoneInfo, ...], expected: bool
) -> None:
    assert is_open(datetime.fromisoformat(moment), zones) is expected


@pytest.mark.parametrize(
    ("moment", "zones", "opens"),
    [
        ("2026-09-16T14:00:00-05:00", (AUSTIN,), "2026-09-16T14:00:00-05:00"),
        ("2026-09-16T21:00:00-05:00", (AUSTIN,), "2026-09-17T09:00:00-05:00"),
        ("2026-09-19T20:30:00-05:00", (AUSTIN,), "2026-09-21T09:00:00-05:00"),  # over Sunday
        ("2026-09-05T20:30:00-05:00", (AUSTIN,), "2026-09-08T09:00:00-05:00"),  # over Sunday and Labor Day
        ("2026-09-16T05:00:00-05:00", (AUSTIN, NEW_YORK), "2026-09-16T09:00:00-05:00"),
    ],
)
def test_a_message_outside_its_hours_waits_for_the_next_opening(
    moment: str, zones: tuple[ZoneInfo, ...], opens: str
) -> None:
    assert next_opening(datetime.fromisoformat(moment), zones) == datetime.fromisoformat(opens)


def test_an_ordinary_weekday_is_a_sending_day() -> None:
    assert is_sending_day(on("2026-09-16"))


@pytest.mark.parametrize(
    ("heard", "allowed"),
    [
        ([], True),
        (["2026-09-16"], False),
        (["2026-09-15"], True),
        (["2026-09-11", "2026-09-13", "2026-09-15"], False),
        (["2026-09-09", "2026-09-13", "2026-09-15"], True),
    ],
)
def test_once_a_day_and_three_times_a_week(heard: list[str], allowed: bool) -> None:
    assert may_hear([on(day) for day in heard], on("2026-09-16")) is allowed


TEXT, MAIL = Way("sms", "+15125550100"), Way("email", "june@example.com")


@pytest.mark.parametrize(
    ("consents", "unreachable", "usable", "way"),
    [
        ([MAIL, TEXT], set(), {"sms", "email"}, TEXT),
        ([MAIL, TEXT], {TEXT}, {"sms", "email"}, MAIL),
        ([MAIL, TEXT], set(), {"email"}, MAIL),
        ([TEXT], set(), {"email"}, NoWay.WAIT),
        ([TEXT], {TEXT}, {"sms"}, NoWay.PAPER),
        ([], set(), {"sms", "email"}, NoWay.PAPER),
    ],
)
def test_a_text_with_consent_else_a_mail_else_a_letter(
    consents: list[Way], unreachable: set[Way], usable: set[str], way: Way | NoWay
) -> None:
    assert choose(consents, unreachable=unreachable, usable=usable) == way


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("STOP", Meaning.STOP),
        (" stop. ", Meaning.STOP),
        ("Stop all", Meaning.STOP),
        ("UNSUBSCRIBE", Meaning.STOP),
        ("Cancel", Meaning.STOP),
        ("END", Meaning.STOP),
        ("quit!", Meaning.STOP),
        ("REVOKE", Meaning.STOP),
        ("opt out", Meaning.STOP),
        ("OPT-OUT", Meaning.STOP),
        ("¡Basta!", Meaning.STOP),
        ("no más", Meaning.STOP),
        ("start", Meaning.START),
        ("Unstop", Meaning.START),
        ("HELP", Meaning.HELP),
        ("ayuda", Meaning.HELP),
        ("please stop texting me", Meaning.MAYBE_STOP),
        ("Don’t text me again", Meaning.MAYBE_STOP),
        ("do not ever contact this number", Meaning.MAYBE_STOP),
        ("Remove me from your list", Meaning.MAYBE_STOP),
        ("No me manden mensajes", Meaning.MAYBE_STOP),
        ("deje de enviarme esto", Meaning.MAYBE_STOP),
        ("You have the wrong number", Meaning.WRONG_NUMBER),
        ("número equivocado", Meaning.WRONG_NUMBER),
        ("I will pay at the end of the month", Meaning.OTHER),
        ("Who is this?", Meaning.OTHER),
        ("", Meaning.OTHER),
    ],
)
def test_what_a_reply_means(text: str, meaning: Meaning) -> None:
    assert meaning_of(text) is meaning


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("touch", Touch)
def test_each_touch_passes_its_own_guard_as_one_text_and_as_a_mail(touch: Touch, language: str) -> None:
    text = texts.body_of("sms", touch, language, WORDS)
    assert texts.segments(text) == 1
    assert guard.faults(text, NEEDED) == []
    assert guard.faults(texts.body_of("email", touch, language, WORDS), NEEDED) == []
    subject = texts.mail_subject(touch, language, WORDS)
    assert guard.faults(subject, guard.Required("Pecan Row", "", "")) == [guard.Fault.NO_PHONE]


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("kind", ["missed_call", "help"])
def test_each_reply_passes_the_guard_as_one_text(kind: str, language: str) -> None:
    text = texts.text_body(kind, language, WORDS)
    assert texts.segments(text) == 1
    assert guard.faults(text, guard.Required("Pecan Row", "+15125550111")) == []


@pytest.mark.parametrize(
    ("addition", "fault"),
    [
        ("You owe $64.20.", guard.Fault.AMOUNT),
        ("You owe 64.20.", guard.Fault.AMOUNT),
        ("It is 64 dollars.", guard.Fault.AMOUNT),
        ("Debe 64,20.", guard.Fault.AMOUNT),
        ("For 99213.", guard.Fault.CODE),
        ("For E11.9.", guard.Fault.CODE),
        ("For J0190.", guard.Fault.CODE),
        ("For your visit.", guard.Fault.HEALTH),
        ("From our cardiology team.", guard.Fault.HEALTH),
        ("Your physical therapy.", guard.Fault.HEALTH),
        ("Por su vacuna.", guard.Fault.HEALTH),
    ],
)
def test_the_guard_refuses_what_a_lock_screen_must_not_show(addition: str, fault: guard.Fault) -> None:
    text = f"{texts.body_of('sms', Touch.FIRST, 'en', WORDS)} {addition}"
    assert guard.faults(text, NEEDED) == [fault]


def test_the_guard_asks_for_name_number_and_link() -> None:
    assert guard.faults("You have a balance.", NEEDED) == [
        guard.Fault.NO_NAME,
        guard.Fault.NO_PHONE,
        guard.Fault.NO_LINK,
    ]


def test_a_practices_own_name_may_give_its_specialty_away() -> None:
    assert guard.reveals("Pecan Row Family Medicine")
    assert not guard.reveals("Pecan Row")


@pytest.mark.parametrize(
    ("body", "number"),
    [("a" * 160, 1), ("a" * 161, 2), ("a" * 307, 3), ("á" * 70, 1), ("á" * 71, 2), ("€" * 80, 1), ("€" * 81, 2)],
)
def test_segments_are_counted_as_carriers_count(body: str, number: int) -> None:
    assert texts.segments(body) == number


@pytest.mark.parametrize(
    ("written", "language"), [("es", "es"), ("ES-MX", "es"), ("en", "en"), ("", "en"), ("fr", "en")]
)
def test_spanish_for_those_who_speak_it_else_english(written: str, language: str) -> None:
    assert texts.language_of(written) == language


def standing(**fields: object) -> Standing:
    return Standing(
        **{"status": ClaimStatus.PAID, "insurance": Decimal(0), "patient": Decimal("64.20"), **fields}  # type: ignore[arg-type]
    )


APPEALED = {"status": ClaimStatus.IN_APPEAL, "insurance": Decimal("20.00"), "undecided": True}


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({}, Verdict.OWED),
        ({"patient": Decimal("5.00")}, Verdict.OWED),
        ({"patient": Decimal("4.99")}, Verdict.TOO_SMALL),
        ({"patient": Decimal(0)}, Verdict.NOTHING_LEFT),
        ({"patient": Decimal("-3.00")}, Verdict.CREDIT),
        ({"status": ClaimStatus.PARTLY_DENIED, "insurance": Decimal("20.00"), "undecided": True}, Verdict.WAIT),
        ({"status": ClaimStatus.PARTLY_DENIED, "insurance": Decimal("20.00")}, Verdict.UNANSWERED),
        ({"status": ClaimStatus.IN_APPEAL, "insurance": Decimal("20.00")}, Verdict.UNANSWERED),  # the appeal is decided
        ({"insurance": Decimal("20.00")}, Verdict.UNANSWERED),
        ({"insurance": Decimal("-20.00")}, Verdict.PAYER_CREDIT),
        ({"status": ClaimStatus.SUBMITTED}, Verdict.WAIT),
        ({"status": ClaimStatus.DRAFT}, Verdict.WAIT),  # a correction is being made
        ({"status": ClaimStatus.IN_APPEAL}, Verdict.OWED),
        ({**APPEALED}, Verdict.OWED),  # of lines not appealed
        ({**APPEALED, "contested": True}, Verdict.WAIT),
        ({**APPEALED, "patient": Decimal("4.99")}, Verdict.WAIT),
        ({"status": ClaimStatus.VOIDED}, Verdict.VOIDED_WITH_MONEY),
        ({"status": ClaimStatus.VOIDED, "patient": Decimal(0)}, Verdict.WAIT),
        ({"status": ClaimStatus.FORWARDED}, Verdict.WAIT),
        ({"status": ClaimStatus.FORWARDED, "patient": Decimal(0)}, Verdict.NOTHING_LEFT),
        ({"status": ClaimStatus.DENIED}, Verdict.OWED),  # a person released it to the patient
        ({"next_payer": True}, Verdict.WAIT),
        ({"protected": True}, Verdict.PROTECTED),
        ({"protected": True, "other_plan": True}, Verdict.PROTECTED),
        ({"other_plan": True}, Verdict.OTHER_COVERAGE),
    ],
)
def test_what_a_claims_money_means_for_its_patient(fields: dict[str, object], verdict: Verdict) -> None:
    assert judge(standing(**fields), Decimal("5.00")) is verdict


@pytest.mark.parametrize(
    ("amount", "owed", "parts"),
    [
        ("30", {"a": "20", "b": "40"}, {"a": "20", "b": "10"}),
        ("20", {"a": "20", "b": "40"}, {"a": "20"}),
        ("70", {"a": "20", "b": "40"}, {"a": "20", "b": "50"}),  # the rest is a credit on the last
        ("10", {"a": "0", "b": "40"}, {"b": "10"}),
        ("10", {"a": "-5", "b": "0"}, {"b": "10"}),
        ("10", {}, {}),
    ],
)
def test_money_fills_the_oldest_first(amount: str, owed: dict[str, str], parts: dict[str, str]) -> None:
    shares = spread(Decimal(amount), {key: Decimal(value) for key, value in owed.items()})
    assert shares == {key: Decimal(value) for key, value in parts.items()}


def test_the_moment_is_compared_in_the_patients_zone_whatever_zone_it_is_written_in() -> None:
    assert is_open(datetime(2026, 9, 16, 19, 0, tzinfo=UTC), (AUSTIN,))
