"""The journey's proofs say what differs, and prove nothing from nothing."""

from datetime import datetime
from typing import Any

import pytest

from apps.automations import failures
from apps.automations.simulation.proofs import LONG, prove
from apps.patient_balances.models import Message
from tests.factories.patient_balances import MessageFactory

pytestmark = pytest.mark.django_db
NOTHING: dict[str, Any] = {
    "claims": {"sent": 0, "duplicates": 0},
    "deposits": {"count": 0, "delivered": "0.00"},
    "cards": {"count": 0, "paid": "0.00", "references_paid_twice": []},
    "texts": {"count": 0, "undelivered": 0, "repeated": 0},
    "walks_failed": {},
    "errors": 0,
}


def wrong(**seen: Any) -> dict[str, str]:
    return {proof.name: proof.wrong for proof in prove({**NOTHING, **seen}) if proof.wrong}


def test_nothing_proves_nothing() -> None:
    assert set(wrong()) == {"work came through each joint"}


def test_after_three_weeks_every_joint_must_have_worked() -> None:
    joints = ("eligibility answers", "findings", "denials", "patient balances", "balances paid", "claims closed")
    told = {days: {proof.name: proof.wrong for proof in prove(NOTHING, days=days)} for days in (LONG - 1, LONG)}
    for joint in joints:
        assert f"no {joint}" not in told[LONG - 1]["work came through each joint"]
        assert f"no {joint}" in told[LONG]["work came through each joint"]


def test_a_text_too_many_is_told_even_if_its_words_differ() -> None:
    MessageFactory(channel="sms", state=Message.State.DELIVERED)
    assert "each touch once" not in wrong(texts={"count": 1, "undelivered": 0, "repeated": 0})
    assert (
        wrong(texts={"count": 2, "undelivered": 0, "repeated": 0})["each touch once"] == "texts on phones 2, our rows 1"
    )


def test_a_text_that_no_phone_took_is_not_counted() -> None:
    MessageFactory(channel="paper", state=Message.State.TO_MAIL)
    assert "each touch once" not in wrong(texts={"count": 1, "undelivered": 1, "repeated": 0})


def test_a_failed_step_and_an_error_outside_are_told(now: datetime) -> None:
    failures.step_failed("scrub_claims", "", ValueError("x"), now=now)
    failures.step_worked("scrub_claims", "", now=now)
    found = wrong(errors=2, cards={**NOTHING["cards"], "references_paid_twice": ["ref1"]})
    assert found["no step failed, here or outside"] == "step scrub_claims, 2 errors outside, payment ref1 taken twice"


def test_a_patients_visit_that_broke_off_is_told() -> None:
    found = wrong(walks_failed={"422 after pay": 9})
    assert found["no step failed, here or outside"] == "9 patients' visits ended with 422 after pay"
