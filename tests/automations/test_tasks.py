from datetime import datetime
from typing import NoReturn

import pytest

from apps.automations import tasks
from apps.automations.steps import STEPS, Done
from apps.connectors.ports.errors import OutageError, RefusedError
from apps.core.models import Automation, JobRun
from apps.worklist.models import WorkItem
from tests.factories.practice import UserFactory

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
    assert open_items() == ["Step pull_charges failed (ValueError). It is tried again by the next sweep; see the log."]
    assert nudges == []


def test_what_is_said_of_a_failure_names_no_patient(step, now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    step(break_down)
    Automation.objects.create(name="end_of_day_charges")
    tasks.run_automation_task("end_of_day_charges")
    assert JobRun.objects.get().error == "ValueError"
    assert "Adelaide" not in caplog.text + " ".join(open_items())


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
    assert "needs a correction in Back office, Connections" in open_items()[0]


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
