"""The journey's proofs say what differs, and prove nothing from nothing."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from apps.automations import failures
from apps.automations.simulation.proofs import LONG, prove
from apps.intake.services.refused_charges import hand_over, refused_visits
from apps.intake.services.taking_in import Refusal
from apps.patient_balances.models import Message
from tests.factories.connectors import EhrConnectionFactory
from tests.factories.denials import denial as denial_of
from tests.factories.intake import ChargeFactory, EncounterFactory
from tests.factories.patient_balances import MessageFactory

pytestmark = pytest.mark.django_db
NOTHING: dict[str, Any] = {
    "claims": {"sent": 0, "duplicates": 0},
    "deposits": {"count": 0, "delivered": "0.00"},
    "cards": {"count": 0, "paid": "0.00", "references_paid_twice": []},
    "texts": {"count": 0, "undelivered": 0, "repeated": 0},
    "walks_failed": {},
    "errors": 0,
    "now": "2026-09-16T20:00:00+00:00",
    "charges": {},
    "denials_told": [],
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


@pytest.mark.long
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


CHARGES = "every charge that was entered outside is here, line for line"
DENIALS = "each denial that a payer told is one here, and no other"


def entered(*lines: str, amount: str, at: str = "2026-09-15T12:00:00-05:00") -> dict[str, Any]:
    return {"lines": sorted(lines), "amount": amount, "entered": at}


def test_a_visit_that_never_came_and_one_that_lost_a_line_or_a_dollar_are_told() -> None:
    whole = EncounterFactory(charges=())
    for number, (procedure, amount) in enumerate([("99213", "125.00"), ("36415", "20.00")], start=1):
        ChargeFactory(encounter=whole, number=number, procedure=procedure, amount=Decimal(amount))
    as_entered = entered("99213", "36415", amount="145.00")
    assert CHARGES not in wrong(charges={whole.source_id: as_entered})
    assert wrong(charges={whole.source_id: as_entered, "260915003": as_entered})[CHARGES] == (
        "1 visits are missing, first 260915003"
    )
    for other in (entered("99213", "36415", amount="146.00"), entered("99213", "36415", "81002", amount="145.00")):
        assert wrong(charges={whole.source_id: other})[CHARGES] == f"1 visits came otherwise, first {whole.source_id}"


def test_what_was_entered_today_may_be_on_its_way_and_a_refused_visit_waits_for_a_person(now: datetime) -> None:
    today = entered("99213", amount="125.00", at="2026-09-16T08:00:00-05:00")
    assert CHARGES not in wrong(charges={"260916001": today})
    connection, earlier = EhrConnectionFactory.create(), entered("99213", amount="125.00")
    assert CHARGES in wrong(charges={"260915001": earlier})
    hand_over(connection, refused_visits(connection, [Refusal("260915001", "it has no provider")]), now=now)
    assert CHARGES not in wrong(charges={"260915001": earlier})


@pytest.mark.long
def test_a_denial_that_is_not_here_and_one_that_nobody_told_are_told() -> None:
    denial = denial_of("50")
    control = denial.claim.control_number
    assert DENIALS not in wrong(denials_told=[f"{control} 50"])
    assert wrong(denials_told=[f"{control} 50", "OTHER 97"])[DENIALS] == "not here: OTHER 97"
    assert wrong(denials_told=[])[DENIALS] == f"nobody told: {control} 50"
