"""Posting is killed two hundred times, between statements and within them: nothing is lost, nothing stands twice."""

import pytest

from tests.faults.kills import kill_posting

pytestmark = pytest.mark.faults
KILLS = 200


@pytest.mark.django_db(transaction=True)
def test_two_hundred_kills_lose_nothing_and_post_nothing_twice() -> None:
    found = kill_posting(KILLS, seed=4)
    assert found.wrong == []
    assert found.kills >= KILLS
