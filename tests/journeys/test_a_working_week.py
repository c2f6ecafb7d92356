"""The whole product, every joint real: a virtual working week of a small practice."""

from typing import Any

import pytest

from tests.journeys.running import live


@pytest.fixture(scope="module")
def outcome() -> dict[str, Any]:
    return live(days=5)


def test_every_proof_holds(outcome: dict[str, Any]) -> None:
    assert outcome["proofs"] != {}
    assert {name: wrong for name, wrong in outcome["proofs"].items() if wrong} == {}
    assert (outcome["status"], "all 11 proofs hold" in outcome["verdict"]) == (0, True)


@pytest.mark.parametrize(
    "line",
    [
        "visits: by event",
        "visits: by poll",
        "visits: by file",
        "claims: submitted",
        "claims: accepted",
        "claims: adjudicated",
        "remittances: payments",
        "remitted claims: posted",
        "remitted claims: posted_with_denial",
        "bank lines: matched",
        "patient payments: paid",
        "eligibility checks: answered active",
        "ledger: deposits",
    ],
)
def test_something_came_through_each_joint(outcome: dict[str, Any], line: str) -> None:
    assert outcome["table"][line][0] > 0


def test_a_denial_is_routed_and_a_patient_is_told(outcome: dict[str, Any]) -> None:
    assert any(line.startswith("denials: ") for line in outcome["table"])
    assert any(line.startswith("messages: day_0 sms") for line in outcome["table"])


def test_nothing_failed_on_the_way(outcome: dict[str, Any]) -> None:
    assert "open work: step_failed" not in outcome["table"]
