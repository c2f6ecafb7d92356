from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.audit.models import AuditEvent
from apps.ledger.models import Account
from apps.patient_balances.models import LIVE, Balance, Message, PaymentLink
from apps.patient_balances.selectors import board
from apps.practice.models import VendorAgreement
from apps.practice.roles import Role
from tests.factories.intake import ConsentFactory
from tests.factories.ledger import account_totals
from tests.factories.patient_balances import (
    BalanceFactory,
    InboundMessageFactory,
    MessageFactory,
    PatientPaymentFactory,
    PaymentLinkFactory,
)
from tests.patient_balances.browsing import SignIn, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice", "frozen")]
State = Message.State
DAY = timedelta(days=1)


# ------------------------------------------------------------------- the board


def everywhere(now: datetime) -> dict[str, Balance]:
    """A balance at every place of the board."""
    found = {"day_0": BalanceFactory(owed="10.00")}
    for touches, place in ((1, "day_7"), (2, "day_14"), (3, "day_21")):
        found[place] = BalanceFactory(owed="20.00")
        for number, touch in enumerate(list(Message.Touch)[:touches]):
            MessageFactory(balance=found[place], touch=touch, due_at=now - (10 - number) * DAY)
    found["review"] = BalanceFactory(state=Balance.State.SEQUENCE_DONE)
    for stop in ("dispute", "plan", "insurance", "protected", "other_coverage"):
        found[stop] = BalanceFactory(state=Balance.State.STOPPED, stopped_reason=stop)
    found["stopped"] = BalanceFactory(state=Balance.State.STOPPED, stopped_reason="hold")
    found["credit"] = BalanceFactory(state=Balance.State.CREDIT, owed="-5.00", paid_at=now)
    found["paid"] = BalanceFactory(state=Balance.State.PAID, paid_at=now, owed="0")
    found["letter"] = BalanceFactory()
    MessageFactory(balance=found["letter"], channel="paper", state=State.TO_MAIL, address="")
    found["unknown"] = BalanceFactory()
    MessageFactory(balance=found["unknown"], channel="email", state=State.UNKNOWN)
    found["paused"] = BalanceFactory()
    InboundMessageFactory(patient=found["paused"].patient)
    return found


@pytest.mark.long
def test_each_place_shows_its_balances(biller: Client, now: datetime) -> None:
    for place, balance in everywhere(now).items():
        page = text_of(biller, f"/balances/?place={place}")
        assert balance.public_id in page, place
        assert page.count("<tr data-row") == (4 if place == "day_0" else 1), place


def test_what_the_board_adds_up_is_read_without_the_visits(now: datetime) -> None:
    with CaptureQueriesContext(connection) as asked:
        board.totals(now)
    assert [each["sql"] for each in asked if "intake_encounter" in each["sql"]] == []


@pytest.mark.long
def test_the_board_adds_up_what_is_owed_from_the_ledger(biller: Client, now: datetime) -> None:
    everywhere(now)
    page = text_of(biller, "/balances/")
    # Not the credit, not the paid one.
    assert "<b>14 balances</b>" in page
    assert "<b>$712.00</b> owed by patients" in page
    assert "<b>1 letter</b>" in page
    assert "<b>1 message</b>" in page


@pytest.mark.long
def test_the_sums_of_the_places_are_those_of_their_balances_one_by_one(now: datetime) -> None:
    """The sums and the lists ask an index; here each balance tells its own place."""
    everywhere(now)
    InboundMessageFactory(patient=None, address=everywhere(now)["paused"].patient.phone)
    BalanceFactory(state=Balance.State.WITHDRAWN, paid_at=None)
    whole = list(board.rows(now))
    live = [row for row in whole if row.state in LIVE]
    told: dict[str, list[Balance]] = {}
    for row in whole:
        told.setdefault(row.place, []).append(row)
    told |= {flag: [row for row in live if getattr(row, flag)] for flag in ("letter", "unknown", "paused")}
    sums = board.totals(now)
    assert sums == {place: board.PlaceSum(len(rows), sum(row.owed for row in rows)) for place, rows in told.items()}
    for place, rows in told.items():
        assert set(board.in_place(board.rows(now), place)) == set(rows), place
        assert board.number_in(sums, place) == len(rows)
    assert set(board.in_place(board.rows(now), "")) == set(live)
    assert board.number_in(sums, "") == len(live)


def test_an_empty_board_says_what_will_be_here(biller: Client) -> None:
    assert "No balances yet" in text_of(biller, "/balances/")


@pytest.mark.long
def test_a_full_board_takes_no_more_queries_than_a_short_one(biller: Client, now: datetime) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            text_of(biller, "/balances/")
        return len(captured)

    MessageFactory()
    few = queries()
    for _ in range(5):
        MessageFactory()
    assert queries() == few


@pytest.mark.parametrize("sort", ["owed", "-owed", "patient", "-opened", "nonsense"])
def test_the_board_sorts_by_its_address(sort: str, biller: Client) -> None:
    BalanceFactory(owed="10.00")
    BalanceFactory(owed="90.00")
    page = text_of(biller, f"/balances/?sort={sort}")
    if sort == "-owed":
        assert page.index("$90.00") < page.index("$10.00")


def test_the_list_leaves_one_row_in_the_trail(biller: Client) -> None:
    balance = BalanceFactory()
    text_of(biller, "/balances/?place=day_0")
    event = AuditEvent.objects.get(subject_kind="balances")
    assert (event.action, event.patients) == ("list", [balance.patient.public_id])


# -------------------------------------------------------------------- roles


@pytest.mark.parametrize("path", ["", "messages/", "consents/", "texts/"])
def test_a_coder_sees_no_balances(path: str, signed_in: SignIn) -> None:
    assert signed_in(Role.CODER).get(f"/balances/{path}").status_code == 403


def test_the_front_desk_reads_but_changes_nothing(signed_in: SignIn) -> None:
    desk, balance = signed_in(Role.FRONT_DESK), BalanceFactory()
    page = text_of(desk, f"/balances/{balance.public_id}/")
    assert "Stop the messages" not in page
    assert desk.post(f"/balances/{balance.public_id}/stop/", {"reason": "hold"}).status_code == 403
    assert desk.post(f"/balances/{balance.public_id}/write-off/", {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("path", ["stop/", "resume/", "write-off/"])
def test_actions_are_posted(path: str, biller: Client) -> None:
    assert biller.get(f"/balances/{BalanceFactory().public_id}/{path}").status_code == 405


# ---------------------------------------------------------------- one balance


def test_the_page_of_a_balance_shows_all_that_hangs_on_it(biller: Client, now: datetime) -> None:
    balance = BalanceFactory(first_notice_at=now)
    MessageFactory(balance=balance, link=PaymentLinkFactory(balance=balance, opened_at=now))
    PatientPaymentFactory(balance=balance, state="paid", paid_at=now)
    ConsentFactory(patient=balance.patient)
    InboundMessageFactory(patient=balance.patient)
    other = BalanceFactory(claim_fields={"encounter__patient": balance.patient})
    page = text_of(biller, f"/balances/{balance.public_id}/")
    for words in (
        "Price of the visit",
        "First notice, text",
        "Opened Sep 16, 3:00 PM, not past the questions",
        "Is this about my last visit?",
        "In force",
        other.public_id,
    ):
        assert words in page
    assert AuditEvent.objects.get(action="view").patients == [balance.patient.public_id]


def test_there_is_no_page_for_a_balance_that_does_not_exist(biller: Client) -> None:
    assert biller.get("/balances/nothing/").status_code == 404


@pytest.mark.long
def test_a_biller_stops_and_resumes(biller: Client) -> None:
    balance = BalanceFactory()
    message = MessageFactory(balance=balance, state=State.WAITING)
    biller.post(f"/balances/{balance.public_id}/stop/", {"reason": "bankruptcy"})
    balance.refresh_from_db()
    message.refresh_from_db()
    assert (balance.state, balance.stopped_reason, message.state) == ("stopped", "bankruptcy", "cancelled")
    assert "Stopped: Bankruptcy" in text_of(biller, f"/balances/{balance.public_id}/")
    biller.post(f"/balances/{balance.public_id}/resume/")
    balance.refresh_from_db()
    assert (balance.state, balance.stopped_reason) == ("open", "")
    assert list(
        AuditEvent.objects.filter(subject_kind="balance")
        .exclude(action="view")
        .order_by("pk")
        .values_list("action", flat=True)
    ) == [
        "stop_balance",
        "resume_balance",
    ]


@pytest.mark.parametrize("reason", ["", "protected", "nonsense"])
def test_a_reason_that_is_the_datas_cannot_be_given_by_hand(reason: str, biller: Client) -> None:
    balance = BalanceFactory()
    biller.post(f"/balances/{balance.public_id}/stop/", {"reason": reason})
    balance.refresh_from_db()
    assert balance.state == "open"


def test_a_settled_balance_can_be_neither_stopped_nor_resumed(biller: Client) -> None:
    balance = BalanceFactory(state=Balance.State.PAID)
    response = biller.post(f"/balances/{balance.public_id}/stop/", {"reason": "hold"}, follow=True)
    assert "This balance is settled." in response.content.decode()
    assert Balance.objects.get().state == "paid"


def test_what_is_given_up_is_written_off_in_the_ledger(biller: Client) -> None:
    balance = BalanceFactory()
    biller.post(f"/balances/{balance.public_id}/write-off/", {"reason": "charity"})
    balance.refresh_from_db()
    assert (balance.state, balance.claim.status) == ("written_off", "written_off")
    assert account_totals()[Account.WRITE_OFF] == Decimal("64.20")
    assert AuditEvent.objects.get(action="write_off_balance").detail["amount"] == "64.20"


def test_a_write_off_needs_a_reason(biller: Client) -> None:
    balance = BalanceFactory()
    response = biller.post(f"/balances/{balance.public_id}/write-off/", {"reason": " "}, follow=True)
    assert "Choose a reason for the write-off." in response.content.decode()
    assert account_totals()[Account.WRITE_OFF] == 0


@pytest.mark.long
def test_a_letter_is_marked_as_mailed(biller: Client, now: datetime) -> None:
    letter = MessageFactory(channel="paper", state=State.TO_MAIL, address="")
    assert "Letter is in the mail" in text_of(biller, f"/balances/{letter.balance.public_id}/")
    biller.post(f"/balances/message/{letter.public_id}/mailed/")
    letter.refresh_from_db()
    assert (letter.state, letter.sent_at, Balance.objects.get().first_notice_at) == ("sent", now, now)
    response = biller.post(f"/balances/message/{letter.public_id}/mailed/", follow=True)
    assert "no longer waits to be mailed" in response.content.decode()


@pytest.mark.long
@pytest.mark.parametrize(("answer", "state"), [("yes", "sent"), ("no", "waiting")])
def test_a_person_settles_an_unknown_message(answer: str, state: str, biller: Client) -> None:
    message = MessageFactory(channel="email", state=State.UNKNOWN)
    assert "It had left" in text_of(biller, f"/balances/{message.balance.public_id}/")
    biller.post(f"/balances/message/{message.public_id}/resolve/", {"was_sent": answer})
    message.refresh_from_db()
    assert message.state == state


def test_a_link_is_withdrawn(biller: Client, now: datetime) -> None:
    link = PaymentLinkFactory()
    biller.post(f"/balances/link/{link.public_id}/revoke/")
    assert PaymentLink.objects.get().revoked_at == now


# ------------------------------------------------------------ logs and previews


@pytest.mark.long
def test_the_message_log_filters_by_its_address(biller: Client) -> None:
    sent = MessageFactory()
    failed = MessageFactory(channel="email", state=State.FAILED, problem="The mail server refused the address.")
    page = text_of(biller, "/balances/messages/?state=failed&channel=email&touch=day_0")
    assert failed.balance.public_id in page
    assert sent.balance.public_id not in page
    assert "No message fits this filter" in text_of(biller, "/balances/messages/?state=unknown")


def test_the_consent_register_shows_who_ended_what(biller: Client, now: datetime) -> None:
    ConsentFactory()
    ended = ConsentFactory(revoked_at=now, revoked_by_text="STOP")
    assert text_of(biller, "/balances/consents/").count("<tr data-row") == 2
    page = text_of(biller, "/balances/consents/?state=ended")
    assert ended.patient.full_name in page
    assert page.count("<tr data-row") == 1


def test_every_template_is_previewed_and_checked(biller: Client) -> None:
    page = text_of(biller, "/balances/texts/")
    assert page.count('class="phone"') == 5
    assert page.count("Passes the guard") == 5
    assert page.count("One text") == 3
    assert "tiene un saldo" in text_of(biller, "/balances/texts/?language=es")


def test_the_words_page_says_what_keeps_messages_from_leaving(biller: Client) -> None:
    VendorAgreement.objects.filter(vendor="twilio").delete()
    page = text_of(biller, "/balances/texts/sms/")
    assert "Enter the signed agreement with twilio" in page


@pytest.mark.parametrize("path", ["messages/", "consents/"])
def test_an_empty_log_says_what_will_be_here(path: str, biller: Client) -> None:
    assert 'class="empty"' in text_of(biller, f"/balances/{path}")


@pytest.mark.long
@pytest.mark.parametrize("path", ["messages/", "consents/"])
def test_a_full_log_takes_no_more_queries_than_a_short_one(path: str, biller: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            text_of(biller, f"/balances/{path}")
        return len(captured)

    MessageFactory(), ConsentFactory()
    few = queries()
    for _ in range(5):
        MessageFactory(), ConsentFactory()
    assert queries() == few


def test_a_protected_balance_offers_no_going_on_and_refuses_it(biller: Client) -> None:
    balance = BalanceFactory(state="stopped", stopped_reason="bankruptcy")
    page = f"/balances/{balance.public_id}/"
    assert "Go on with the sequence" in text_of(biller, page)
    Balance.objects.update(stopped_reason="protected")
    assert "Go on with the sequence" not in text_of(biller, page)
    said = biller.post(f"{page}resume/", follow=True).content.decode()
    assert "this patient may not be billed" in said
    balance.refresh_from_db()
    assert balance.state == "stopped"
