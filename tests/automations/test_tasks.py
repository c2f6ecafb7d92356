import logging.config
from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn

import pytest
from django.conf import settings

from apps.automations import tasks
from apps.automations.following import Done
from apps.automations.step_words import DOING
from apps.automations.steps import STEPS
from apps.connectors.ports.errors import OutageError, RefusedError
from apps.core.mails import LostInSendingError
from apps.core.models import Automation, JobRun
from apps.remittances.models import RemittancePayment
from apps.remittances.services import post_claims
from apps.worklist.models import WorkItem
from tests.factories.practice import UserFactory
from tests.factories.remittances import clp, payment, stored_file, submitted_claim

pytestmark = pytest.mark.django_db(transaction=True)


def work(_key: str, _now: datetime) -> Done:
    return Done({"visits": 3}, (("build_claims", ""), ("submit_batch", "abc")))


def break_down(_key: str, _now: datetime) -> NoReturn:
    raise ValueError("Adelaide Fernsby, born 1980-01-01")


def out(_key: str, _now: datetime) -> NoReturn:
    raise OutageError("the EHR does not answer")


def refused(_key: str, _now: datetime) -> NoReturn:
    raise RefusedError("the key is not valid")


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch):
    def set_step(run) -> None:
        monkeypatch.setitem(STEPS, "pull_charges", run)

    return set_step


def as_logged(caplog: pytest.LogCaptureFixture) -> str:
    """What the product's own handler writes."""
    line = logging.config.DictConfigurator(settings.LOGGING).configure_formatter(settings.LOGGING["formatters"]["line"])
    return "\n".join(line.format(record) for record in caplog.records)


def test_each_step_says_in_words_what_it_does() -> None:
    assert set(DOING) == set(STEPS)


def open_items() -> list[str]:
    return list(WorkItem.objects.filter(state="open").values_list("title", flat=True))


def test_a_step_that_worked_nudges_what_follows(step, nudges: list[tuple[str, str]], now: datetime) -> None:
    step(work)
    tasks.run_step("pull_charges", "", now=now)
    assert nudges == [("build_claims", ""), ("submit_batch", "abc")]


def test_a_step_that_failed_is_one_item_of_the_administrator_however_often(step, nudges, now: datetime) -> None:
    step(break_down)
    for _ in range(3):
        with pytest.raises(ValueError, match="Adelaide"):
            tasks.run_step("pull_charges", "", now=now)
    assert open_items() == [
        "Fetching charges from the EHR failed (ValueError). It is tried again by itself; the log says why it failed."
    ]
    assert nudges == []


def test_a_step_that_failed_in_part_is_followed_up_and_is_an_item_all_the_same(step, nudges, now: datetime) -> None:
    step(lambda _key, _now: Done({"files": 1}, (("open_denials", ""),), ValueError("Adelaide Fernsby")))
    with pytest.raises(ValueError, match="Adelaide"):
        tasks.run_step("pull_charges", "", now=now)
    assert nudges == [("open_denials", "")]
    assert open_items() == [
        "Fetching charges from the EHR failed (ValueError). It is tried again by itself; the log says why it failed."
    ]


@pytest.mark.parametrize(
    ("mails", "told"),
    [
        ("send_invitation", "if it did not come, send it again in Settings, People."),
        ("send_due_alert", "the next day's leaves as usual."),
        ("pull_charges", "Ask whoever should have it."),
    ],
)
def test_a_mail_that_may_have_left_is_not_said_to_be_tried_again(
    monkeypatch: pytest.MonkeyPatch, now: datetime, mails: str, told: str
) -> None:
    def lose(_key: str, _now: datetime) -> NoReturn:
        raise LostInSendingError

    monkeypatch.setitem(STEPS, mails, lose)
    with pytest.raises(LostInSendingError):
        tasks.run_step(mails, "abc", now=now)
    (title,) = open_items()
    assert "may not have left" in title
    assert "not sent again" in title
    assert "tried again" not in title
    assert told in title


@pytest.mark.long
def test_a_remittance_file_that_always_fails_keeps_no_other_from_being_followed(
    nudges, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = stored_file(payment(clp(submitted_claim("10.00"))))
    write = post_claims.write_claims

    def fails(paid: RemittancePayment, *args: Any, **kwargs: Any) -> object:
        if paid.file.transmission_id == broken.pk:
            raise ValueError("it cannot be posted")
        return write(paid, *args, **kwargs)

    monkeypatch.setattr(post_claims, "write_claims", fails)
    for claim in (submitted_claim("20.00"), submitted_claim("30.00")):
        nudges.clear()
        stored_file(payment(clp(claim), payer=claim.payer))
        with pytest.raises(ValueError, match="cannot be posted"):
            tasks.run_step("post_remittances", "", now=now)
        assert [step for step, _ in nudges] == [
            "open_denials",
            "build_secondaries",
            "open_balances",
            "check_contracts",
            "reconcile_deposits",
        ]
        claim.refresh_from_db()
        assert claim.status == "paid"
    assert len(open_items()) == 1


def test_what_is_said_of_a_failure_names_no_patient(step, now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    step(break_down)
    Automation.objects.create(name="end_of_day_charges")
    tasks.run_automation_task("end_of_day_charges")
    assert JobRun.objects.get().error == "ValueError"
    assert "Adelaide" not in as_logged(caplog) + " ".join(open_items())


@pytest.mark.parametrize("run", [tasks.TASKS["pull_charges"], lambda: tasks.run_automation_task("end_of_day_charges")])
def test_the_log_says_where_a_step_failed(step, run: Callable[[], None], caplog: pytest.LogCaptureFixture) -> None:
    step(break_down)
    run()
    written = as_logged(caplog)
    assert f"test_tasks.py:{break_down.__code__.co_firstlineno + 1} in break_down\nValueError" in written
    assert "Adelaide" not in written


def test_the_item_closes_when_the_step_works_again(step, nudges, now: datetime) -> None:
    step(out)
    with pytest.raises(OutageError):
        tasks.run_step("pull_charges", "", now=now)
    assert "tried again by itself" in open_items()[0]
    step(work)
    tasks.run_step("pull_charges", "", now=now)
    assert open_items() == []


def test_a_refusal_says_that_it_needs_a_correction(step, now: datetime) -> None:
    step(refused)
    with pytest.raises(RefusedError):
        tasks.run_step("pull_charges", "", now=now)
    assert "needs a correction in Settings, Connections" in open_items()[0]


def test_a_job_that_is_switched_off_does_nothing(step, nudges, now: datetime) -> None:
    step(work)
    Automation.objects.create(name="end_of_day_charges", enabled=False)
    assert tasks.run_automation("end_of_day_charges", now=now) is None
    assert (JobRun.objects.count(), nudges) == (0, [])


def test_a_person_may_run_a_job_that_is_switched_off(step, nudges, now: datetime) -> None:
    step(work)
    Automation.objects.create(name="end_of_day_charges", enabled=False)
    user = UserFactory()
    run = tasks.run_automation("end_of_day_charges", now=now, requested_by=user)
    assert run is not None
    assert (run.state, run.counts, run.requested_by) == ("done", {"visits": 3}, user)
