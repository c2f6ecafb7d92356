"""An answer of which a person says to which version of the claim it is: where the payer's number leaves it open, and its page."""

from collections.abc import Callable
from datetime import datetime
from itertools import permutations

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Adjudication, Claim, Correction
from apps.core import clock
from apps.ledger.models import Account
from apps.ledger.selectors import insurance_by_payer, ledger_faults
from apps.practice.roles import Role
from apps.remittances.models import RemittanceException, RemittedClaim
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import HandEntryError, post_remittances, say_version
from tests.factories.ledger import account_totals, write_off_share
from tests.factories.practice import UserFactory
from tests.factories.remittances import clp, payment, sent_again, stored_file, submitted_claim, svc
from tests.remittances.test_pages import text

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)


def answer(
    claim: Claim, paid: str, code: str, now: datetime, *, number: str = "P77", frequency: str = "1"
) -> RemittedClaim:
    """What is not paid is adjusted by `code`."""
    rest = f"{100 - float(paid):.2f}"
    said = clp(claim, svc(claim.lines.get(), paid, (code, rest)), payer_claim_number=number, frequency=frequency)
    stored_file(payment(said, payer=claim.payer))
    assert post_remittances(now=now).failures == ()
    assert (ledger_faults(), payment_faults()) == ([], [])
    return RemittedClaim.objects.latest("pk")


def asked(now: datetime) -> tuple[Claim, list[Correction], RemittedClaim]:
    """Denied, replaced, paid in part under another number, replaced again, and answered under that number once more."""
    claim = submitted_claim("100.00")
    answer(claim, "0.00", "CO-97", now)
    first = sent_again(claim, "7")
    answer(claim, "60.00", "CO-45", now, number="P80", frequency="7")
    claim.refresh_from_db()
    second = sent_again(claim, "7")
    row = answer(claim, "90.00", "PR-2", now, number="P80", frequency="7")
    claim.refresh_from_db()
    return claim, [first, second], row


def page(row: RemittedClaim, name: str = "version") -> str:
    return reverse(f"remittances:{name}", args=[row.payment.file.public_id, row.payment.number, row.number])


def test_a_number_that_the_payer_may_keep_is_a_persons_question_and_leads_to_its_page(
    biller: Client, now: datetime
) -> None:
    claim, (first, second), row = asked(now)
    question = RemittanceException.objects.get()
    assert (claim.status, question.kind, question.state, question.amount) == ("submitted", "version", "open", 0)
    assert question.work_item.state == "open"
    assert page(row) in text(biller.get(reverse("remittances:exception", args=[question.public_id])))
    assert page(row) in text(biller.get(page(row, "claim_part")))
    shown = text(biller.get(page(row)))
    assert "Version 2" in shown
    assert "Counts as answered by this: by the payer's own number (CLP07)" in shown.replace("&#x27;", "'")
    response = biller.post(page(row), {"version": second.pk, "note": "Portal says so"})
    assert response.headers["Location"] == page(row, "claim_part")
    claim.refresh_from_db()
    question.refresh_from_db()
    assert (claim.status, question.state, question.note, question.work_item.state) == (
        "paid",
        "settled",
        "Portal says so",
        "done",
    )
    assert claim.events.filter(what__endswith="is for version 3: Portal says so").get().actor is not None
    assert AuditEvent.objects.filter(action="say_version").count() == 1
    standing = Adjudication.objects.get(reversed=False)
    assert (standing.correction, standing.version_basis, standing.paid) == (second, "person", 90)
    # What was paid for the second version is the payer's credit now, and the patient's share that of the third.
    assert insurance_by_payer([claim.lines.get().charge_id]) == {claim.payer_id: -60}
    assert account_totals()[Account.PATIENT_RECEIVABLE] == 10
    assert (ledger_faults(), payment_faults()) == ([], [])
    assert first.pk < second.pk


@pytest.mark.parametrize(("code", "stays"), [("CO-45", 0), ("PR-2", 10)])
def test_what_was_written_off_of_a_share_that_is_smaller_now_leaves_no_credit_that_nobody_paid(
    code: str, stays: int, now: datetime
) -> None:
    """The second version left 40 with the patient, which is written off; then a person says that the third left less."""
    claim = submitted_claim("100.00")
    answer(claim, "0.00", "CO-97", now)
    sent_again(claim, "7")
    answer(claim, "60.00", "PR-2", now, number="P80", frequency="7")
    write_off_share(claim.lines.get().charge, "40.00", now=now)
    claim.refresh_from_db()
    third = sent_again(claim, "7")
    row = answer(claim, "90.00", code, now, number="P80", frequency="7")
    say_version(remitted_claim=row, correction=third.pk, note="Asked", acting_user=UserFactory(), now=now)
    assert insurance_by_payer([claim.lines.get().charge_id]) == {claim.payer_id: -60}
    assert (account_totals()[Account.PATIENT_RECEIVABLE], account_totals()[Account.WRITE_OFF]) == (0, stays)
    assert (ledger_faults(), payment_faults()) == ([], [])


def test_it_may_be_said_again_otherwise_while_another_answer_stands_to_what_was_sent_last(now: datetime) -> None:
    claim, (first, second), row = asked(now)
    told = {"remitted_claim": row, "note": "Asked", "acting_user": UserFactory(), "now": now}
    say_version(correction=second.pk, **told)
    with pytest.raises(HandEntryError, match="No other answer stands to what was sent last"):
        say_version(correction=first.pk, **told)
    answer(claim, "70.00", "CO-45", now, number="P90", frequency="7")
    say_version(correction=first.pk, **told)
    say_version(correction=second.pk, **told)
    say_version(correction=first.pk, **told)
    standing = Adjudication.objects.get(reversed=False)
    assert (standing.correction, standing.paid) == (second, 70)
    assert insurance_by_payer([claim.lines.get().charge_id]) == {claim.payer_id: -150}
    assert (ledger_faults(), payment_faults()) == ([], [])


@pytest.mark.parametrize("order", list(permutations(["earlier", "last"])))
def test_the_question_is_none_once_what_was_sent_last_is_answered_in_whatever_order(
    order: tuple[str, ...], now: datetime
) -> None:
    claim = submitted_claim("100.00")
    answer(claim, "0.00", "CO-97", now)
    claim.refresh_from_db()
    sent_again(claim, "1")
    for each in order:
        paid, number = {"earlier": ("60.00", "P77"), "last": ("90.00", "P80")}[each]
        answer(claim, paid, "CO-45", now, number=number)
    claim.refresh_from_db()
    assert (claim.status, claim.payer_claim_number) == ("paid", "P80")
    assert not RemittanceException.objects.filter(state="open").exists()
    assert Adjudication.objects.get(reversed=False).paid == 90


def test_a_payer_that_kept_its_number_before_is_taken_to_answer_what_was_sent_last(now: datetime) -> None:
    claim = submitted_claim("100.00")
    answer(claim, "0.00", "CO-97", now)
    for paid in ("60.00", "90.00"):
        claim.refresh_from_db()
        sent_again(claim, "7")
        answer(claim, paid, "CO-45", now, frequency="7")
    claim.refresh_from_db()
    assert claim.status == "paid"
    assert Adjudication.objects.get(reversed=False).paid == 90


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"version": "0", "note": ""}, "This field is required"),
        ({"version": "999999", "note": "Asked"}, "Select a valid choice"),
        ({"note": "Asked"}, "This field is required"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    typed: dict[str, str], said: str, biller: Client, now: datetime
) -> None:
    _, _, row = asked(now)
    response = biller.post(page(row), typed)
    assert response.status_code == 422
    assert said in text(response, 422)
    assert not AuditEvent.objects.filter(action="say_version").exists()


def test_a_claim_of_one_version_leaves_nothing_to_say(biller: Client, now: datetime) -> None:
    claim = submitted_claim("100.00")
    row = answer(claim, "60.00", "CO-45", now)
    assert "one version only" in text(biller.get(page(row)))
    assert page(row) not in text(biller.get(page(row, "claim_part")))
    with pytest.raises(HandEntryError, match="one version only"):
        say_version(remitted_claim=row, correction=0, note="Asked", acting_user=UserFactory(), now=now)


def test_whoever_works_no_remittances_says_nothing(signed_in: Callable[..., Client], now: datetime) -> None:
    _, _, row = asked(now)
    assert signed_in(Role.CODER).get(page(row)).status_code == 403
