"""Senders that are killed at any moment send nothing twice and lose nothing. `make faults` kills more often."""

from datetime import datetime

import pytest

from tests.faults.killed_senders import kill_senders
from tests.faults.sends import MOMENTS


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_twice_and_nothing_lost_when_senders_are_killed(
    nudges: list[tuple[str, str]], now: datetime
) -> None:
    found = kill_senders(3, seed=1, now=now)
    assert found.wrong() == {}
    assert {moment: found.kills[moment] >= 3 for moment in MOMENTS} == dict.fromkeys(MOMENTS, True)
    assert found.resolved_by_answer > 0
    assert found.resolved_by_person > 0
