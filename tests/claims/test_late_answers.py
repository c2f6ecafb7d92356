"""A file that a person counted as lost is answered, and files that answer nothing that we can read."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Batch, BatchClaim, Claim, ClaimEvent, Finding
from apps.claims.services import (
    acknowledge_claims,
    batch_claims,
    fetch_responses,
    move_claims,
    read_again,
    resolve_unknown_batch,
    scrub_claims,
    settle_late_batch,
    submit_batch,
    void_claim,
)
from apps.claims.services.resolve_batch import BatchNotOpenError
from apps.claims.services.unread_answers import hand_over
from apps.claims.states import ClaimStatus
from apps.connectors import journal
from apps.connectors.models import Connection, Transmission
from apps.worklist.models import WorkItem
from tests.claims.answers import f277ca, f999, interchange, ta1
from tests.factories.claims import ClaimFactory
from tests.factories.ledger import post_as_billed
from tests.factories.practice import UserFactory
from tests.locked_away import lose_key_of

Clearinghouse = Callable[..., Connection]
State = Batch.State
ACCEPTED, REJECTED = "A2:20:PR*20260917*WQ", "A3:562:82*20260917*U"
LATER = timedelta(hours=1)


def answer(payload: bytes, kind: str, now: datetime) -> None:
    journal.receive(payload, kind=kind, now=now, name=f"answer-{now:%H%M}")
    acknowledge_claims(now=now)


def open_work() -> list[WorkItem]:
    return list(WorkItem.objects.filter(state=WorkItem.State.OPEN).order_by("pk"))


@pytest.fixture
def unknown(clearinghouse: Clearinghouse, now: datetime) -> Batch:
    """Two claims in a file of which nobody knows whether it arrived."""
    clearinghouse(mood="lost", lists=False)
    for _ in range(2):
        ClaimFactory(status=ClaimStatus.READY)
    batch_claims(now=now)
    batch = Batch.objects.get()
    assert submit_batch(batch_id=batch.public_id, now=now) is State.UNKNOWN
    clearinghouse(lists=False)
    return batch


@pytest.fixture
def lost(unknown: Batch, now: datetime) -> Batch:
    """The same, after a person said that it did not arrive."""
    resolve_unknown_batch(batch_id=unknown.public_id, arrived=False, note="Called.", acting_user=UserFactory(), now=now)
    return unknown


# ------------------------------------------------------------------ a refusal that proves arrival


def test_a_file_refused_as_a_duplicate_has_arrived_and_its_claims_wait_for_the_answer(
    unknown: Batch, now: datetime
) -> None:
    answer(ta1(unknown, "R", "025"), "TA1", now + LATER)
    unknown.refresh_from_db()
    assert unknown.state == State.SENT
    assert set(Claim.objects.values_list("status", "first_submitted_at")) == {(ClaimStatus.SUBMITTED, now)}
    assert not Finding.objects.exists()
    assert open_work() == []


# ------------------------------------------------------------------ counted as lost


@pytest.mark.long
@pytest.mark.parametrize("scrubbed", [False, True])
@pytest.mark.parametrize("how", ["TA1", "999", "277CA"])
def test_claims_that_still_wait_here_are_in_the_file_that_arrived_and_do_not_leave_again(
    how: str, scrubbed: bool, lost: Batch, now: datetime
) -> None:
    if scrubbed:
        scrub_claims(now=now)
    number = Claim.objects.first().control_number
    payload = {
        "TA1": ta1(lost, "A", "000"),
        "999": f999(lost, "A"),
        "277CA": f277ca((number, ACCEPTED), role="PR"),  # a payer that tells no reference of ours
    }[how]
    answer(payload, how, now + LATER)
    lost.refresh_from_db()
    assert lost.state in {State.SENT, State.ACCEPTED}
    assert not Claim.objects.filter(status__in=(ClaimStatus.DRAFT, ClaimStatus.READY)).exists()
    assert set(BatchClaim.objects.values_list("in_flight", flat=True)) == {True}
    assert batch_claims(now=now + LATER).claims == 0
    assert open_work() == []


@pytest.mark.long
def test_a_claim_that_went_out_again_becomes_work_once_and_every_answer_is_kept(lost: Batch, now: datetime) -> None:
    scrub_claims(now=now)
    second = batch_claims(now=now)
    submit_batch(batch_id=second.batches[0], now=now)
    answer(f999(lost, "A"), "999", now + LATER)
    numbers = Claim.objects.order_by("pk").values_list("control_number", flat=True)
    told = f277ca(*((number, REJECTED) for number in numbers), reference=lost.reference)
    answer(told, "277CA", now + 2 * LATER)
    assert set(Claim.objects.values_list("status", flat=True)) == {ClaimStatus.SUBMITTED}
    (item,) = open_work()
    assert item.title == (
        f"File {lost.transmission.name} arrived after all, and 2 claims of it went on meanwhile:"
        " have the second sending taken out"
    )
    assert (item.url_name, item.subject_public_id) == ("claims:batch", lost.public_id)
    said = list(Claim.objects.first().events.filter(what__contains="counted as lost").values_list("what", flat=True))
    assert said == [
        f"File {lost.transmission.name}, which had been counted as lost, arrived. This claim is in it.",
        f"Of file {lost.transmission.name}, counted as lost before: The file check accepted it.",
        f"Of file {lost.transmission.name}, counted as lost before: The clearinghouse rejected the claim.",
    ]


@pytest.mark.long
@pytest.mark.parametrize("kind", ["999", "277CA"])
def test_what_a_file_says_of_a_claim_that_went_on_is_told_once_a_speaker(kind: str, lost: Batch, now: datetime) -> None:
    scrub_claims(now=now)
    submit_batch(batch_id=batch_claims(now=now).batches[0], now=now)
    number = Claim.objects.first().control_number
    says = [
        f277ca((number, ACCEPTED), reference=lost.reference, role=role) if kind == "277CA" else f999(lost, "A")
        for role in ("AY", "PR")
    ]
    for hours, payload in enumerate([*says, *says], 1):
        answer(payload, kind, now + hours * LATER)
    told = Claim.objects.first().events.filter(what__contains="counted as lost before: ")
    words = [what.rpartition("before: ")[2] for what in told.values_list("what", flat=True)]
    of_277ca = ["The clearinghouse accepted the claim.", "The payer accepted the claim."]
    assert words == (of_277ca if kind == "277CA" else ["The file check accepted it."])


def test_a_file_that_came_back_whole_makes_no_work_of_claims_that_went_out_again(lost: Batch, now: datetime) -> None:
    scrub_claims(now=now)
    submit_batch(batch_id=batch_claims(now=now).batches[0], now=now)
    answer(ta1(lost, "R", "006"), "TA1", now + LATER)
    assert open_work() == []
    assert "our sender id is not known there" in ClaimEvent.objects.last().what
    assert set(Claim.objects.values_list("status", flat=True)) == {ClaimStatus.SUBMITTED}


@pytest.mark.long
@pytest.mark.parametrize("how", ["TA1", "999"])
def test_what_still_waits_in_a_lost_file_that_comes_back_is_released(
    how: str, lost: Batch, now: datetime, biller: Client
) -> None:
    gone_on, waits = Claim.objects.order_by("pk")
    scrub_claims(now=now)
    move_claims([gone_on], ClaimStatus.DRAFT, what="Edited.", now=now)
    answer(ta1(lost, "R", "006") if how == "TA1" else f999(lost, "R"), how, now + LATER)
    lost.refresh_from_db()
    waits.refresh_from_db()
    assert (lost.state, waits.status) == (State.REJECTED, ClaimStatus.REJECTED)
    (item,) = open_work()
    assert item.title == f"File {lost.transmission.name} was returned: mend the cause, then release its claims"
    shown = biller.get(reverse("claims:batch", args=[lost.public_id])).content.decode()
    assert "Release its claims" in shown
    assert "This file arrived after all." not in shown
    biller.post(reverse("claims:batch_release", args=[lost.public_id]))
    waits.refresh_from_db()
    assert (waits.status, open_work()) == (ClaimStatus.DRAFT, [])


@pytest.mark.long
def test_a_claim_that_somebody_works_on_is_held_and_says_why(lost: Batch, now: datetime) -> None:
    edited = Claim.objects.order_by("pk").first()
    scrub_claims(now=now)
    move_claims([edited], ClaimStatus.DRAFT, what="Edited.", now=now)
    answer(f999(lost, "A"), "999", now + LATER)
    edited.refresh_from_db()
    assert edited.status == ClaimStatus.EXCEPTION
    assert "arrived" in edited.findings.get(rule="RCV-HELD").sentence
    (item,) = open_work()
    assert item.subject_public_id == edited.public_id
    assert edited.memberships.get().answer == BatchClaim.Answer.LATE


@pytest.mark.parametrize("found", ["the file", "the claim"])
def test_a_claim_that_was_voided_here_and_is_with_the_payer_after_all_is_a_persons_work(
    found: str, lost: Batch, now: datetime
) -> None:
    scrub_claims(now=now)
    voided = Claim.objects.order_by("pk").first()
    post_as_billed(*(line.charge for line in voided.lines.all()), now=now)
    if found == "the claim":
        BatchClaim.objects.filter(claim=voided).update(answer=BatchClaim.Answer.NOT_FOUND)
        Claim.objects.filter(pk=voided.pk).update(status=ClaimStatus.DRAFT)
    void_claim(claim_id=voided.public_id, reason="Billed twice.", acting_user=UserFactory(), now=now)
    answer(f277ca((voided.control_number, ACCEPTED), reference=lost.reference, role="PR"), "277CA", now + LATER)
    voided.refresh_from_db()
    assert voided.status == ClaimStatus.VOIDED
    (item,) = open_work()
    assert item.title == (
        f"File {lost.transmission.name} arrived after all, and claim {voided.control_number} in it had been voided here:"
        " have it taken out, or voided by the payer"
    )
    assert (item.url_name, item.subject_public_id) == ("claims:batch", lost.public_id)


@pytest.mark.long
def test_the_person_who_saw_to_the_second_sending_closes_the_work(lost: Batch, now: datetime, biller: Client) -> None:
    scrub_claims(now=now)
    submit_batch(batch_id=batch_claims(now=now).batches[0], now=now)
    answer(f999(lost, "A"), "999", now + LATER)
    page = reverse("claims:batch", args=[lost.public_id])
    assert "This file arrived after all." in biller.get(page).content.decode()
    biller.post(reverse("claims:batch_late", args=[lost.public_id]), {"outcome": ""})
    assert len(open_work()) == 1
    biller.post(reverse("claims:batch_late", args=[lost.public_id]), {"outcome": "Payer keeps the first."})
    assert open_work() == []
    assert "This file arrived after all." not in biller.get(page).content.decode()


def test_a_file_of_which_nothing_went_twice_has_no_second_sending_to_settle(lost: Batch, now: datetime) -> None:
    with pytest.raises(BatchNotOpenError, match="No claim of this file waits"):
        settle_late_batch(batch_id=lost.public_id, outcome="Done.", acting_user=UserFactory(), now=now)


# ------------------------------------------------------------------ one file that fails


def _two_batches(clearinghouse: Clearinghouse, now: datetime) -> tuple[Batch, Batch]:
    clearinghouse()
    for _ in range(2):
        ClaimFactory(status=ClaimStatus.READY)
        submit_batch(batch_id=batch_claims(now=now).batches[0], now=now)
    first, second = Batch.objects.order_by("pk")
    return first, second


def test_a_file_that_breaks_its_own_taking_in_stops_no_other(
    clearinghouse: Clearinghouse, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = _two_batches(clearinghouse, now)
    bad, _ = journal.receive(f999(first, "A"), kind="999", now=now, name="bad.999", connection=first.connection)
    lose_key_of(bad)
    journal.receive(f999(second, "A"), kind="999", now=now, name="good.999")
    result = acknowledge_claims(now=now)
    assert (result.files, result.unreadable, result.accepted) == (1, 1, 1)
    assert [bool(record.exc_info) for record in caplog.records if "Answer" in record.message] == [True]
    assert Transmission.objects.filter(pk=bad.pk).values_list("state", flat=True).get() == Transmission.State.FAILED
    (item,) = open_work()
    assert item.title.startswith("Look into the answer file bad.999: it could not be taken in (")
    read_again(file_id=bad.public_id, acting_user=UserFactory(), now=now)
    assert open_work() == []
    assert acknowledge_claims(now=now).unreadable == 1
    assert len(open_work()) == 1


@pytest.mark.long
def test_claims_are_locked_before_anything_is_written(clearinghouse: Clearinghouse, now: datetime) -> None:
    first, _ = _two_batches(clearinghouse, now)
    journal.receive(
        f277ca((Claim.objects.first().control_number, ACCEPTED), reference=first.reference), kind="277CA", now=now
    )
    with CaptureQueriesContext(database) as caught:
        acknowledge_claims(now=now)
    statements = [each["sql"] for each in caught.captured_queries]
    locks = [place for place, sql in enumerate(statements) if "FOR NO KEY UPDATE" in sql and '"claims_claim"' in sql]
    writes = [place for place, sql in enumerate(statements) if sql.startswith(("UPDATE", "INSERT"))]
    assert locks[0] < writes[0]
    assert statements[locks[0]].endswith('ORDER BY 1 ASC FOR NO KEY UPDATE OF "claims_claim"')


# ------------------------------------------------------------------ files that no step reads


@pytest.mark.parametrize(
    ("name", "payload", "says"),
    [
        ("empty.999", b"", "It is empty."),
        ("page.html", b"<html>Sign in</html>", "It is not X12."),
        ("noise.bin", bytes(range(256)), "It is not X12."),
        (
            "payment.820",
            interchange("GS*RA*A*B*20260917*1405*77*X*005010X218", "ST*820*0001*005010X218", "SE*2*0001", "GE*1*77"),
            "It is a 820, which is not read from this folder.",
        ),
    ],
)
def test_a_file_that_no_step_reads_is_a_persons_work_once(
    *, name: str, payload: bytes, says: str, clearinghouse: Clearinghouse, tmp_path: Path, now: datetime, biller: Client
) -> None:
    connection = clearinghouse()
    (tmp_path / "download").mkdir()
    (tmp_path / "download" / name).write_bytes(payload)
    fetch_responses(connection=connection, now=now)
    fetch_responses(connection=connection, now=now)
    file = Transmission.objects.get()
    assert (file.state, file.problem) == (Transmission.State.FAILED, says)
    (item,) = open_work()
    assert item.title == f"Look into the answer file {name}: it{says[2:-1]}"
    assert name in biller.get(reverse("claims:batches")).content.decode()
    page = reverse("claims:answer", args=[file.public_id])
    assert says in biller.get(page).content.decode()
    aside = reverse("claims:answer_aside", args=[file.public_id])
    assert biller.post(aside, {"outcome": ""})["Location"] == page
    assert biller.post(aside, {"outcome": "Theirs by mistake."})["Location"] == reverse("claims:batches")
    assert open_work() == []
    assert biller.get(page).status_code == 404


def _asked_about(payload: bytes, kind: str, now: datetime, connection: Connection) -> Transmission:
    file, _ = journal.receive(payload, kind=kind, now=now, name="odd", connection=connection)
    assert hand_over(file, "It is odd.", now=now)
    return file


def test_an_answer_file_shows_no_persons_number_and_who_looked_is_kept(
    clearinghouse: Clearinghouse, now: datetime, biller: Client
) -> None:
    told = (
        "GS*HB*A*B*20260917*1405*77*X*005010X279A1",
        "ST*271*0001*005010X279A1",
        "NM1*IL*1*PELL*AMOS****MI*LP000000417",
    )
    file = _asked_about(interchange(*told, "SE*3*0001", "GE*1*77"), "271", now, clearinghouse())
    shown = biller.get(reverse("claims:answer", args=[file.public_id])).content.decode()
    assert "LP000000417" not in shown
    assert "PELL*AMOS****MI*••••0417" in shown
    seen = AuditEvent.objects.get(action="view", subject_kind="transmission")
    assert seen.subject_public_id == file.public_id


def test_a_text_that_is_not_x12_is_shown_without_its_long_numbers(
    clearinghouse: Clearinghouse, now: datetime, biller: Client
) -> None:
    file = _asked_about(b"Member LP000000417, born 07/14/1981, 3 claims", "unreadable", now, clearinghouse())
    shown = biller.get(reverse("claims:answer", args=[file.public_id])).content.decode()
    assert "Member •••• 0417, born •••• 1981, 3 claims" in shown


@pytest.mark.parametrize("kind", ["835", "271", "999"])
def test_a_file_that_nobody_was_asked_about_is_not_found_here(
    kind: str, clearinghouse: Clearinghouse, now: datetime, biller: Client
) -> None:
    file, _ = journal.receive(b"ISA", kind=kind, now=now, name="other", connection=clearinghouse())
    journal.move(file, old=Transmission.State.STORED, new=Transmission.State.FAILED, now=now, problem="Broken.")
    assert biller.get(reverse("claims:answer", args=[file.public_id])).status_code == 404
    for verb in ("again", "aside"):
        page = reverse(f"claims:answer_{verb}", args=[file.public_id])
        assert biller.post(page, {"outcome": "Mine."}).status_code == 404
    file.refresh_from_db()
    assert file.state == Transmission.State.FAILED


def test_an_answer_that_belongs_to_an_inquiry_of_ours_is_left_to_it(
    clearinghouse: Clearinghouse, now: datetime
) -> None:
    connection = clearinghouse()
    journal.receive(b"ISA", kind="271", now=now, connection=connection, name="E000000001", vendor_key="E000000001")
    fetch_responses(connection=connection, now=now)
    assert open_work() == []
