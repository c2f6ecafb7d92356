"""An inquiry refused for its envelope is one person's task and is asked again whole; what cannot be asked takes nobody's place."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.claims.models import Claim, StatusInquiry
from apps.claims.services import ask_status, set_aside
from apps.connectors.models import Connection, Transmission
from apps.core.clock import practice_date
from apps.worklist.models import WorkItem
from tests.claims.inquiries import f999, read_in, ta1
from tests.claims.test_refused_inquiries import silent_claims
from tests.factories.practice import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.long]
DAY = timedelta(days=1)
Outcome = StatusInquiry.Outcome


def asked_together(now: datetime) -> tuple[Transmission, int]:
    """The newest inquiry that left, with its number."""
    assert ask_status(now=now).sent
    file = Transmission.objects.filter(kind="276").latest("pk")
    return file, int(file.control_number.removeprefix("TS"))


def tasks() -> list[WorkItem]:
    return list(WorkItem.objects.filter(kind="returned_inquiry", state=WorkItem.State.OPEN))


ENVELOPES: list[tuple[Callable[[int], bytes], str, str]] = [
    (lambda number: ta1(number, "R"), "TA1", "our sender id is not known there"),
    (lambda number: f999(number, "R", group_why="1"), "999", "they do not take groups of this kind (1)"),
    (lambda number: f999(number, "R", group_why="3", names_ours=False), "999", "the group's end (GE) is missing (3)"),
    (lambda number: f999(number, "R", why="I6"), "999", "they do not take this version of the guide (I6)"),
    (lambda number: f999(number, "P", why="7"), "999", "its control number (ST02) is missing or not valid (7)"),
]


@pytest.mark.parametrize(("answer", "kind", "reason"), ENVELOPES)
def test_an_envelope_that_is_refused_is_one_task_with_its_reason_and_halves_nothing(
    *,
    answer: Callable[[int], bytes],
    kind: str,
    reason: str,
    clearinghouse: Callable[..., Connection],
    now: datetime,
) -> None:
    clearinghouse(lists=False)
    claims = {claim.pk for claim in silent_claims(4, now)}
    before = set(WorkItem.objects.values_list("pk", flat=True))
    file, number = asked_together(now + 3 * DAY)
    read_in(answer(number), kind, now + 3 * DAY)
    (task,) = tasks()
    assert reason in task.title
    assert task.due_on == practice_date(now + 3 * DAY)
    assert set(WorkItem.objects.values_list("pk", flat=True)) - before == {task.pk}
    rows = StatusInquiry.objects.filter(transmission=file)
    assert {(row.outcome, reason in row.sentence) for row in rows} == {(Outcome.RETURNED, True)}
    # As long as nobody has mended it, nothing is asked, by halves or otherwise.
    assert [ask_status(now=now + day * DAY).claims for day in range(3, 9)] == [0] * 6
    set_aside(file_id=task.subject_public_id, outcome="New sender id.", acting_user=UserFactory(), now=now + 9 * DAY)
    again, _ = asked_together(now + 9 * DAY)
    assert set(again.inquiries.values_list("claim", flat=True)) == claims
    assert not tasks()


@pytest.mark.parametrize("code", ["5", "I5", "99"])
def test_what_may_lie_in_one_of_the_questions_is_asked_again_in_halves(
    code: str, clearinghouse: Callable[..., Connection], now: datetime
) -> None:
    clearinghouse(lists=False)
    silent_claims(4, now)
    _, number = asked_together(now + 3 * DAY)
    read_in(f999(number, "R", why=code), "999", now + 3 * DAY)
    assert not tasks()
    assert ask_status(now=now + 4 * DAY).claims == 2


def test_an_envelope_in_between_does_not_forget_who_was_sent_back(
    clearinghouse: Callable[..., Connection], now: datetime
) -> None:
    clearinghouse(lists=False)
    silent_claims(4, now)
    _, number = asked_together(now + 3 * DAY)
    read_in(f999(number, "R"), "999", now + 3 * DAY)  # one of the four
    _, number = asked_together(now + 4 * DAY)
    read_in(ta1(number, "R"), "TA1", now + 4 * DAY)  # the envelope of two
    (task,) = tasks()
    set_aside(file_id=task.subject_public_id, outcome="New sender id.", acting_user=UserFactory(), now=now + 5 * DAY)
    (fresh,) = silent_claims(1, now + 2 * DAY)
    for _ in range(4):
        ask_status(now=now + 5 * DAY)
    file = fresh.inquiries.get().transmission
    assert file.inquiries.count() == 1


def test_a_second_answer_to_the_same_file_is_no_second_task(
    clearinghouse: Callable[..., Connection], now: datetime
) -> None:
    clearinghouse(lists=False)
    silent_claims(2, now)
    _, number = asked_together(now + 3 * DAY)
    read_in(ta1(number, "R"), "TA1", now + 3 * DAY)
    read_in(f999(number, "R", group_why="1"), "999", now + 3 * DAY)
    assert len(tasks()) == 1


def test_a_single_claim_is_not_blamed_for_the_envelope(clearinghouse: Callable[..., Connection], now: datetime) -> None:
    clearinghouse(lists=False)
    (claim,) = silent_claims(1, now)
    title = Claim.objects.get(pk=claim.pk).work_item.title
    _, number = asked_together(now + 3 * DAY)
    read_in(ta1(number, "R"), "TA1", now + 3 * DAY)
    assert Claim.objects.get(pk=claim.pk).work_item.title == title
    assert len(tasks()) == 1


def test_the_task_has_its_page_and_asking_again_is_its_button(
    clearinghouse: Callable[..., Connection], biller: Client, now: datetime
) -> None:
    clearinghouse(lists=False)
    silent_claims(2, now)
    _, number = asked_together(now + 3 * DAY)
    read_in(ta1(number, "R"), "TA1", now + 3 * DAY)
    (task,) = tasks()
    assert task.title in biller.get(reverse("claims:batches")).content.decode().replace("&#x27;", "'")
    shown = biller.get(reverse(task.url_name, args=[task.subject_public_id])).content.decode()
    assert "No claim is to blame" in shown
    assert "Read it again" not in shown
    biller.post(reverse("claims:answer_again", args=[task.subject_public_id]))
    assert tasks()
    biller.post(reverse("claims:answer_aside", args=[task.subject_public_id]), {"outcome": "Sender id mended."})
    assert not tasks()


def test_claims_of_which_no_question_can_be_written_take_nobodys_place(
    clearinghouse: Callable[..., Connection], now: datetime
) -> None:
    clearinghouse(lists=False)
    claims = silent_claims(7, now)
    for claim in claims[:5]:  # more of them than the limit, and before the others
        claim.coverage.member_id = "\u2713" * 3
        claim.coverage.save()
    result = ask_status(now=now + 3 * DAY, limit=2)
    assert (result.claims, result.sent) == (2, True)
    assert set(StatusInquiry.objects.values_list("claim", flat=True)) == {claim.pk for claim in claims[5:]}
    rest = ask_status(now=now + 3 * DAY, limit=2)
    assert (rest.claims, rest.more) == (0, False)
