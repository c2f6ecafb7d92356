from datetime import datetime, timedelta

import pytest
from django.db import transaction
from pytest_django import Settings

from apps.core.jobs import job_run, nudge, nudge_at
from apps.core.models import JobRun


@pytest.mark.django_db(transaction=True)
def test_a_nudge_is_sent_when_its_transaction_commits(nudges: list[tuple[str, str]]) -> None:
    with transaction.atomic():
        nudge("scrub_claims")
        assert nudges == []
    assert nudges == [("scrub_claims", "")]


@pytest.mark.django_db(transaction=True)
def test_a_nudge_of_a_transaction_that_failed_is_never_sent(nudges: list[tuple[str, str]]) -> None:
    def nudge_and_fail() -> None:
        with transaction.atomic():
            nudge("scrub_claims")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        nudge_and_fail()
    assert nudges == []


@pytest.mark.django_db
def test_a_failed_run_keeps_the_kind_of_its_failure_and_none_of_its_data(now: datetime) -> None:
    with pytest.raises(ValueError, match="Adelaide"), job_run("measure", now=now):
        raise ValueError("Adelaide Fernsby")
    run = JobRun.objects.get()
    assert (run.state, run.error) == (JobRun.State.FAILED, "ValueError")


Ahead = list[tuple[str, str, float]]


@pytest.mark.django_db(transaction=True)
def test_a_row_put_back_for_a_while_is_nudged_again_for_its_moment(nudges_ahead: Ahead, now: datetime) -> None:
    with transaction.atomic():
        nudge_at(now + timedelta(minutes=15), "submit_batch", "abc", now=now)
        assert nudges_ahead == []
    assert nudges_ahead == [("submit_batch", "abc", 901.0)]


@pytest.mark.django_db(transaction=True)
def test_what_waits_for_an_hour_is_left_to_the_sweep(nudges_ahead: Ahead, now: datetime) -> None:
    nudge_at(now + timedelta(hours=1), "submit_batch", "abc", now=now)
    assert nudges_ahead == []


@pytest.mark.django_db(transaction=True)
def test_under_a_virtual_clock_nothing_is_sent_ahead(nudges_ahead: Ahead, settings: Settings, now: datetime) -> None:
    settings.VIRTUAL_CLOCK_FILE = "/nowhere"
    nudge_at(now + timedelta(minutes=2), "submit_batch", "abc", now=now)
    assert nudges_ahead == []
