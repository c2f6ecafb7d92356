"""Workers are killed in the middle of their work, and the broker forgets all it held. What comes out must be the same."""

from typing import Any

import pytest

from tests.faults.journeys.running import DAYS, live

pytestmark = pytest.mark.faults
KILLS = 12
# A file whose send was cut off before the clearinghouse had it is a file more; its claims leave with the next one.
ONLY_THE_WAY_DIFFERS = ("batches: ",)


def comparable(found: dict[str, Any]) -> dict[str, Any]:
    return {line: value for line, value in found["table"].items() if not line.startswith(ONLY_THE_WAY_DIFFERS)}


@pytest.fixture(scope="module")
def disturbed() -> dict[str, Any]:
    return live(days=DAYS, kills=KILLS)


def test_workers_were_killed_with_work_in_hand(disturbed: dict[str, Any]) -> None:
    assert disturbed["kills"] == KILLS


def test_the_days_lived_through_reach_every_touch(disturbed: dict[str, Any]) -> None:
    told = " ".join(line for line in disturbed["table"] if line.startswith(("messages: ", "balances: ")))
    assert [step for step in ("day_0", "day_7", "day_14", "sequence_done") if step not in told] == []


def test_killing_workers_changes_nothing_that_counts(quiet: dict[str, Any], disturbed: dict[str, Any]) -> None:
    assert comparable(disturbed) == comparable(quiet)


def test_nothing_was_sent_or_posted_twice(disturbed: dict[str, Any]) -> None:
    assert {name: wrong for name, wrong in disturbed["proofs"].items() if wrong} == {}


def test_nothing_is_left_unknown_once_a_person_has_looked(disturbed: dict[str, Any]) -> None:
    assert [line for line in disturbed["table"] if "unknown" in line and not line.startswith("eligibility")] == []
