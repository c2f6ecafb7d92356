"""Senders killed a hundred times at each moment of a sending (ARCHITECTURE law 11)."""

from datetime import datetime

import pytest

from tests.faults.killed_senders import kill_senders
from tests.faults.sends import MOMENTS

pytestmark = pytest.mark.faults
KILLS = 100


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_twice_and_nothing_lost_when_senders_are_killed_at_any_moment(
    nudges: list[tuple[str, str]], now: datetime
) -> None:
    found = kill_senders(KILLS, seed=9, now=now)
    assert found.wrong() == {}
    assert {moment: found.kills[moment] >= KILLS for moment in MOMENTS} == dict.fromkeys(MOMENTS, True)
    assert found.resolved_by_answer > 0
    assert found.resolved_by_person > 0
