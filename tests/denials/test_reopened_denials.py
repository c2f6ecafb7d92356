"""A correction that answered a denial and was cancelled answers it no more."""

from datetime import timedelta

import pytest

from apps.automations.sweeping import left_behind
from apps.claims.models import Correction
from apps.claims.services import cancel_correction
from apps.denials.services import confirm_coding, open_denials, send_correction
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.denials import denial
from tests.factories.practice import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def test_the_denial_is_open_again_with_its_task_and_what_the_coder_confirmed(now, nudges):
    found = denial("4", beside=("20610",))
    facts = {"denial_id": found.public_id, "now": now}
    due = WorkItem.objects.get().due_on
    confirm_coding(modifier="25", confirmation="The note says so.", acting_user=UserFactory(role=Role.CODER), **facts)
    biller = UserFactory(role=Role.BILLER)
    send_correction(acting_user=biller, **facts)
    open_denials(now=now)
    found.refresh_from_db()
    assert found.state == "corrected"
    later = now + timedelta(days=1)
    row = Correction.objects.get()
    cancel_correction(correction_id=row.public_id, reason="Not yet", acting_user=biller, now=later)
    assert ("open_denials", "") in left_behind(now=later)
    open_denials(now=later)
    found.refresh_from_db()
    item = WorkItem.objects.get(pk=found.work_item_id)
    assert (found.state, found.answered_at, found.confirmed_by is None) == ("open", None, False)
    assert (item.state, item.title, item.due_on, item.snoozed_until) == ("open", found.rule.first_action, due, None)
    assert ("open_denials", "") not in left_behind(now=later)
    send_correction(acting_user=biller, **{**facts, "now": later})
