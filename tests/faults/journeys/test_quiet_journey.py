"""The whole product, every joint real: virtual weeks of a small practice in which nobody is killed."""

from typing import Any

import pytest

pytestmark = pytest.mark.faults


def test_every_proof_holds(quiet: dict[str, Any]) -> None:
    assert quiet["proofs"] != {}
    assert {name: wrong for name, wrong in quiet["proofs"].items() if wrong} == {}
    assert (quiet["status"], f"all {len(quiet['proofs'])} proofs hold" in quiet["verdict"]) == (0, True)


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
def test_something_came_through_each_joint(quiet: dict[str, Any], line: str) -> None:
    assert quiet["table"][line][0] > 0


def test_a_denial_is_routed_and_a_patient_is_told(quiet: dict[str, Any]) -> None:
    assert any(line.startswith("denials: ") for line in quiet["table"])
    assert any(line.startswith("messages: day_0 sms") for line in quiet["table"])


def test_nothing_failed_on_the_way(quiet: dict[str, Any]) -> None:
    assert "open work: step_failed" not in quiet["table"]
