"""Payers are asked what became of claims, at most once a day, and what they answer becomes words and work."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import BatchClaim, Claim, Finding, StatusInquiry
from apps.claims.services import (
    AskedResult,
    ResendRefusedError,
    acknowledge_claims,
    ask_status,
    batch_claims,
    chase_crossovers,
    resend_claim,
    submit_batch,
)
from apps.claims.states import ClaimStatus
from apps.connectors import doors, journal
from apps.connectors.models import Connection, Transmission
from apps.practice.models import Payer, Practice
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from apps.x12 import read
from tests.claims.answers import f277ca
from tests.claims.clearinghouse import Killed
from tests.claims.conftest import SignIn
from tests.claims.inquiries import answer, asked
from tests.claims.secondaries import answered, with_second_plan
from tests.factories.claims import ClaimFactory
from tests.factories.practice import ProviderFactory, UserFactory
from tests.factories.remittances import submitted_claim, svc

pytestmark = pytest.mark.django_db
Clearinghouse = Callable[..., Connection]
DAY = timedelta(days=1)
Outcome = StatusInquiry.Outcome


@pytest.mark.long
def test_the_inquiry_is_stored_before_it_is_sent_and_names_the_claim(
    silent: Claim, uploads: Callable[[], list[str]], now: datetime
) -> None:
    row = asked(now + 3 * DAY)
    file = row.transmission
    assert (file.kind, file.state, file.direction) == ("276", Transmission.State.SENT, "out")
    assert uploads()[-1] == file.name
    body = next(read(file.payload).transactions).body
    (patient,) = body.patients
    (question,) = patient.claims
    assert body.reference == file.control_number
    assert (question.trace_number, question.control_number, question.charge) == (
        row.public_id,
        silent.control_number,
        silent.total,
    )
    assert patient.subscriber.party.id == silent.coverage.member_id
    assert body.sources[0].source.id == silent.payer.claims_id


@pytest.mark.long
def test_a_physician_who_bills_under_their_own_npi_asks_as_a_person(silent: Claim, now: datetime) -> None:
    ProviderFactory(npi=Practice.objects.get().npi, first_name="Marisol", last_name="Quintero")
    body = next(read(asked(now + 3 * DAY).transmission.payload).transactions).body
    provider = body.sources[0].receivers[0].providers[0].provider
    assert (provider.is_person, provider.name) == (True, "Marisol Quintero")


@pytest.mark.long
def test_a_claim_is_never_asked_about_twice_a_day_and_again_after_three(silent: Claim, now: datetime) -> None:
    asked(now + 3 * DAY)
    assert ask_status(now=now + 3 * DAY + timedelta(hours=3)).claims == 0
    assert ask_status(now=now + 5 * DAY).claims == 0
    assert ask_status(now=now + 6 * DAY).claims == 1


def test_a_claim_that_nobody_chases_is_not_asked_about(clearinghouse: Clearinghouse, now: datetime) -> None:
    clearinghouse()
    ClaimFactory(status=ClaimStatus.READY)
    submit_batch(batch_id=batch_claims(now=now).batches[0], now=now)
    assert ask_status(now=now + DAY).claims == 0


@pytest.mark.long
def test_an_outage_is_told_and_the_next_day_asks_again(
    silent: Claim, clearinghouse: Clearinghouse, now: datetime
) -> None:
    connection = clearinghouse(mood="down")
    result = ask_status(now=now + 3 * DAY)
    assert (result.claims, result.sent) == (1, False)
    row = StatusInquiry.objects.get()
    assert (row.outcome, row.transmission.state) == (Outcome.NOT_SENT, Transmission.State.FAILED)
    connection.refresh_from_db()
    assert connection.last_failure == "The clearinghouse cannot be reached."
    clearinghouse()
    assert ask_status(now=now + 3 * DAY + timedelta(hours=1)).claims == 0
    assert ask_status(now=now + 4 * DAY).sent


@pytest.mark.long
def test_behind_a_refused_sign_in_no_file_is_written_until_the_next_days_try(
    silent: Claim, clearinghouse: Clearinghouse, now: datetime
) -> None:
    doors.close(clearinghouse(), now=now + 3 * DAY)
    assert ask_status(now=now + 3 * DAY + timedelta(hours=1)) == AskedResult()
    assert not StatusInquiry.objects.exists()
    clearinghouse(mood="locked")
    assert not ask_status(now=now + 4 * DAY).sent
    assert StatusInquiry.objects.get().sentence.startswith("The clearinghouse refused the sign-in.")
    clearinghouse()
    assert ask_status(now=now + 5 * DAY).sent


@pytest.mark.long
def test_an_inquiry_that_was_cut_off_is_known_as_such(
    silent: Claim, clearinghouse: Clearinghouse, now: datetime
) -> None:
    clearinghouse(mood="dies before")
    with pytest.raises(Killed):
        ask_status(now=now + 3 * DAY)
    assert Transmission.objects.get(kind="276").state == Transmission.State.SENDING
    clearinghouse()
    assert ask_status(now=now + 4 * DAY).claims == 1
    first, again = Transmission.objects.filter(kind="276").order_by("pk")
    assert (first.state, again.state) == (Transmission.State.FAILED, Transmission.State.SENT)
    assert first.problem == "Nobody knows whether it arrived. Its claims are asked about again."
    assert [row.sentence for row in silent.inquiries.order_by("pk")] == [
        "Nobody knows whether it arrived. The claim is asked about again.",
        "",
    ]


@pytest.mark.long
@pytest.mark.parametrize(
    ("category", "outcome", "state", "title"),
    [
        ("A4", Outcome.NOT_FOUND, "open", "does not find claim"),
        ("D0", Outcome.NOT_FOUND, "open", "does not find claim"),
        ("P1", Outcome.WITH_THEM, "open", "it has it, and has not decided"),
        ("F1", Outcome.DECIDED, "open", "Look for the remittance"),
        ("R3", Outcome.MORE_WANTED, "open", "what it wants"),
        ("E1", Outcome.NOT_ANSWERED, "open", "its system gave no answer"),
    ],
)
def test_the_answer_is_told_on_the_claim_and_the_work_says_what_is_next(
    *, category: str, outcome: str, state: str, title: str, silent: Claim, biller: Client, now: datetime
) -> None:
    row = asked(now + 3 * DAY)
    answer(category, trace=row.public_id, control=silent.control_number, now=now + 3 * DAY)
    row.refresh_from_db()
    assert row.outcome == outcome
    item = WorkItem.objects.get(pk=silent.work_item_id)
    assert (item.state, title in item.title) == (state, True), item.title
    shown = biller.get(reverse("workspace:claim", args=[silent.public_id])).content.decode()
    assert f"{silent.payer.name}: {row.sentence}" in shown
    assert silent.events.filter(transmission=row.answer, what__contains="answers:").count() == 1
    words = biller.get(reverse("workspace:claim_file", args=[silent.public_id, row.answer.public_id])).content.decode()
    assert f"STC*{category}" in words


def test_an_answer_without_our_trace_is_found_by_the_claims_number(silent: Claim, now: datetime) -> None:
    row = asked(now + 3 * DAY)
    answer("P1", trace="THEIRS", control=silent.control_number, now=now + 3 * DAY)
    row.refresh_from_db()
    assert row.outcome == Outcome.WITH_THEM


def test_an_answer_to_the_whole_inquiry_reaches_every_claim_in_it(silent: Claim, now: datetime) -> None:
    row = asked(now + 3 * DAY)
    answer("E1", reference=row.transmission.control_number, now=now + 3 * DAY)
    row.refresh_from_db()
    assert row.outcome == Outcome.NOT_ANSWERED


@pytest.mark.long
def test_what_answers_none_of_our_inquiries_changes_nothing(silent: Claim, now: datetime) -> None:
    row = asked(now + 3 * DAY)
    answer("A4", trace="OTHER", control="OTHER", now=now + 3 * DAY)
    row.refresh_from_db()
    assert row.outcome == Outcome.WAITING


def test_a_rejection_is_taken_as_a_277ca_would_be(silent: Claim, now: datetime) -> None:
    row = asked(now + 3 * DAY)
    answer("A7", trace=row.public_id, now=now + 3 * DAY)
    silent.refresh_from_db()
    assert silent.status == ClaimStatus.REJECTED
    assert silent.findings.get().rule == "RCV-CLAIM"
    assert "not valid" in silent.findings.get().sentence


@pytest.mark.long
def test_a_claim_that_is_not_found_is_sent_again_by_a_person_with_the_proof_of_the_first(
    silent: Claim, uploads: Callable[[], list[str]], now: datetime
) -> None:
    row = asked(now + 3 * DAY)
    person = UserFactory(role=Role.BILLER)
    with pytest.raises(ResendRefusedError, match="has not said"):
        resend_claim(claim_id=silent.public_id, note="Called", acting_user=person, now=now + 4 * DAY)
    answer("A4", trace=row.public_id, now=now + 3 * DAY)
    with pytest.raises(ResendRefusedError, match="few words"):
        resend_claim(claim_id=silent.public_id, note=" ", acting_user=person, now=now + 4 * DAY)
    resend_claim(claim_id=silent.public_id, note="Called, ref 12.", acting_user=person, now=now + 4 * DAY)
    first = BatchClaim.objects.get()
    assert (first.in_flight, first.answer) == (False, BatchClaim.Answer.NOT_FOUND)
    event = silent.events.get(what__startswith="Sent again")
    assert f"file {first.batch.transmission.name} ({first.batch.reference}), sent Sep 16, 2026" in event.what
    again = batch_claims(now=now + 4 * DAY)
    submit_batch(batch_id=again.batches[0], now=now + 4 * DAY)
    assert len([name for name in uploads() if name.endswith(".CLP")]) == 2
    assert AuditEvent.objects.filter(action="resend_claim").count() == 1
    assert WorkItem.objects.get(pk=silent.work_item_id).outcome == "Sent again."
    with pytest.raises(ResendRefusedError):
        resend_claim(claim_id=silent.public_id, note="Called", acting_user=person, now=now + 5 * DAY)


@pytest.mark.long
def test_one_that_todays_rules_stop_does_not_leave_again(silent: Claim, now: datetime) -> None:
    person = UserFactory(role=Role.BILLER)
    silent.coverage.member_id = ""
    silent.coverage.save()
    row = asked(now + 3 * DAY)
    answer("A4", trace=row.public_id, now=now + 3 * DAY)
    status = resend_claim(claim_id=silent.public_id, note="Called.", acting_user=person, now=now + 4 * DAY)
    assert status is ClaimStatus.EXCEPTION
    assert batch_claims(now=now + 4 * DAY).claims == 0
    assert list(silent.findings.filter(state=Finding.State.OPEN).values_list("rule", flat=True)) == ["COV-MEMBER-ID"]


@pytest.mark.long
def test_a_claim_that_the_payer_finds_before_it_leaves_again_does_not_leave(silent: Claim, now: datetime) -> None:
    row = asked(now + 3 * DAY)
    answer("A4", trace=row.public_id, now=now + 3 * DAY)
    person = UserFactory(role=Role.BILLER)
    resend_claim(claim_id=silent.public_id, note="Called.", acting_user=person, now=now + 4 * DAY)
    batch = BatchClaim.objects.get().batch
    payload = f277ca((silent.control_number, "A2:20:PR*20260920*WQ"), reference=batch.reference, role="PR")
    journal.receive(payload, kind="277CA", now=now, connection=Connection.objects.get(), name="late")
    acknowledge_claims(now=now + 5 * DAY)
    silent.refresh_from_db()
    assert silent.status == ClaimStatus.ACCEPTED
    assert silent.events.filter(what__contains="the claim does not leave again").exists()
    assert batch_claims(now=now + 5 * DAY).claims == 0


@pytest.mark.long
def test_one_that_has_left_again_by_then_is_work(silent: Claim, now: datetime) -> None:
    row = asked(now + 3 * DAY)
    answer("A4", trace=row.public_id, now=now + 3 * DAY)
    resend_claim(
        claim_id=silent.public_id, note="Called.", acting_user=UserFactory(role=Role.BILLER), now=now + 4 * DAY
    )
    batch = BatchClaim.objects.get().batch
    again = batch_claims(now=now + 4 * DAY)
    submit_batch(batch_id=again.batches[0], now=now + 4 * DAY)
    payload = f277ca((silent.control_number, "A2:20:PR*20260920*WQ"), reference=batch.reference, role="PR")
    journal.receive(payload, kind="277CA", now=now, connection=Connection.objects.get(), name="late")
    acknowledge_claims(now=now + 5 * DAY)
    batch.refresh_from_db()
    assert batch.work_item
    assert "have the second sending taken out" in batch.work_item.title
    assert silent.events.filter(
        what__contains="in which the payer had not found it: The payer accepted the claim"
    ).exists()


def test_of_a_claim_that_was_passed_on_the_next_payer_is_asked(clearinghouse: Clearinghouse, tmp_path: Path) -> None:
    clearinghouse()
    claim = submitted_claim("500.00")
    answered(claim, svc(claim.lines.get(), "300.00", ("PR-2", "75.00")), status="19")
    second = with_second_plan(claim)
    late = datetime.fromisoformat("2026-11-05T15:00:00+00:00")
    chase_crossovers(now=late)
    assert ask_status(now=late).claims == 1
    row = StatusInquiry.objects.get()
    body = next(read(row.transmission.payload).transactions).body
    assert body.sources[0].source.id == row.payer.claims_id != claim.payer.claims_id
    assert next(body.patients).claims[0].payer_claim_number == ""
    assert row.coverage == second


@pytest.mark.long
def test_a_payer_without_an_id_is_left_to_a_person(silent: Claim, now: datetime) -> None:
    Payer.objects.update(claims_id="")
    assert ask_status(now=now + 3 * DAY).claims == 0


@pytest.mark.parametrize("role", [Role.CODER, Role.FRONT_DESK])
def test_only_who_may_submit_claims_sends_one_again(signed_in: SignIn, role: Role) -> None:
    claim = ClaimFactory(status=ClaimStatus.SUBMITTED)
    where = reverse("claims:resend_claim", args=[claim.public_id])
    assert signed_in(role).post(where, {"note": "Called"}).status_code == 403
