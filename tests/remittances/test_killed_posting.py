"""Posting that is killed at any moment and begun again ends where posting that nobody disturbed ends. `make faults` kills more often."""

import pytest

from tests.faults.kills import kill_posting


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_and_nothing_posted_twice_when_posting_is_killed_at_random_moments() -> None:
    found = kill_posting(10, seed=1)
    assert found.wrong == []
    assert found.kills >= 10
