"""The clearinghouse refuses our inquiries, as with a password that ran out: a person corrects the connection; nobody is said to be away."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from apps.connectors.ports.errors import NotSetUpError, OutageError, RefusedError
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services import check_eligibility
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.eligibility.recorded import RecordedClearinghouse
from tests.factories.eligibility import EligibilityCheckFactory
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
REFUSAL = "The clearinghouse refused the eligibility inquiry: check its user, password and allowed addresses."


def run(check: EligibilityCheck, now: datetime) -> None:
    check_eligibility(check_id=check.public_id, now=now)
    check.refresh_from_db()


def test_it_is_one_task_of_the_administrator_until_an_answer_comes(
    clearinghouse: type[RecordedClearinghouse], now: datetime
):
    clearinghouse.replies += [RefusedError(REFUSAL), RefusedError(REFUSAL), OutageError("down"), ["EB*1**30"]]
    first, second, third = (EligibilityCheckFactory(created_at=now) for _ in range(3))
    for check in (first, second):
        run(check, now)
        assert check.sentence == REFUSAL
    item = WorkItem.objects.get()
    assert (item.owner_role, item.state) == (WorkItem.OwnerRole.ADMINISTRATOR, WorkItem.State.OPEN)
    run(third, now)
    item.refresh_from_db()
    assert (third.sentence, item.state) == ("The payer could not be reached.", WorkItem.State.OPEN)
    run(first, now + timedelta(hours=2))
    item.refresh_from_db()
    assert (first.state, item.state) == (EligibilityCheck.State.ANSWERED, WorkItem.State.WITHDRAWN)


def test_the_task_leads_to_the_connections(clearinghouse: type[RecordedClearinghouse], now: datetime):
    clearinghouse.replies += [RefusedError(REFUSAL)]
    run(EligibilityCheckFactory(created_at=now), now)
    item = WorkItem.objects.get()
    address = reverse(item.url_name, args=[item.subject_public_id])
    assert browser_of(Role.ADMINISTRATOR).get(address)["Location"] == reverse("settings:connections")
    assert browser_of(Role.BILLER).get(address)["Location"] == reverse("automations:list")


def test_a_log_in_that_is_refused_is_not_tried_every_few_minutes(
    clearinghouse: type[RecordedClearinghouse], now: datetime
):
    """Five refused log-ins may block the account."""
    clearinghouse.replies += [RefusedError(REFUSAL)]
    check = EligibilityCheckFactory(created_at=now)
    run(check, now)
    assert (check.state, check.next_try_at) == (EligibilityCheck.State.WAITING, now + timedelta(hours=2))


def test_a_connection_for_claims_only_refuses_nothing(clearinghouse: type[RecordedClearinghouse], now: datetime):
    clearinghouse.replies += [NotSetUpError("Eligibility is not set up.")]
    run(EligibilityCheckFactory(created_at=now), now)
    assert not WorkItem.objects.exists()
