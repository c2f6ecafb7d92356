from datetime import datetime

import pytest
from django.db import transaction

from apps.core.jobs import job_run, nudge
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
