"""With and without scrubbing, side by side: which rules are asked, what is printed, and where leaving rules out is refused."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from apps.automations.simulation.comparison import Side, as_text, compare
from apps.claims.models import Claim, Finding
from apps.claims.rules.registry import RULES, scrub, scrub_form
from apps.claims.services import scrub_claims
from apps.claims.states import ClaimStatus
from tests.claims.sound import SOUND
from tests.factories.claims import ClaimFactory
from tests.factories.practice import PracticeFactory

ROOT = Path(__file__).resolve().parents[2]
TABLE = {
    "first submissions: sent": [100, None],
    "first submissions: accepted": [97, None],
    "first submissions: rejected": [1, None],
    "first submissions: held": [12, None],
    "first submissions: decided": [50, None],
    "first submissions: denied": [2, None],
}
SIDE = Side.of({"table": TABLE, "proofs": {"one": "", "two": ""}})


def test_well_formedness_alone_asks_no_other_rule() -> None:
    wrong = replace(SOUND, coverage=replace(SOUND.coverage, member_id=""), service_date=SOUND.patient.birth_date)
    kinds = {found.rule.code.partition("-")[0] for found in scrub(wrong)}
    assert {"WF", "COV"} <= kinds
    assert {found.rule.code.partition("-")[0] for found in scrub_form(wrong)} == {"WF"}
    assert any(not rule.code.startswith("WF-") for rule in RULES)


@pytest.mark.django_db
@pytest.mark.parametrize(("only_form", "status"), [(False, ClaimStatus.EXCEPTION), (True, ClaimStatus.READY)])
def test_a_claim_that_only_another_rule_stops_passes_in_the_comparison(
    settings: Settings, now: datetime, only_form: bool, status: ClaimStatus
) -> None:
    settings.SCRUB_ONLY_WELL_FORMED = only_form
    PracticeFactory()
    ClaimFactory(encounter__coverage__ends_on=datetime(2026, 2, 1).date())  # noqa: DTZ001  a day
    scrub_claims(now=now)
    assert Claim.objects.get().status == status
    assert Finding.objects.filter(rule="COV-ON-DATE").exists() is not only_form


@pytest.mark.long
def test_rules_are_left_out_in_a_simulation_only() -> None:
    variables = {**os.environ, "THROUGHLINE_SCRUB_ONLY_WELL_FORMED": "true", "DATABASE_URL": "postgres:///none"}
    variables.pop("THROUGHLINE_VIRTUAL_CLOCK", None)
    asked = [sys.executable, "-c", "import config.settings.base"]
    refused = subprocess.run(asked, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert "only a simulation leaves rules out" in refused.stderr


def test_rates_are_made_of_what_the_journey_tells() -> None:
    assert (SIDE.sent, SIDE.held, SIDE.sound) == (100, 12, True)
    assert SIDE.first_pass == pytest.approx(97 / 98)
    assert SIDE.denial_rate == pytest.approx(2 / 50)
    nothing = Side.of({"table": {}, "proofs": {}})
    assert (nothing.first_pass, nothing.denial_rate) == (None, None)


def test_both_are_printed_side_by_side() -> None:
    form = replace(SIDE, sent=112, held=0, accepted=100, rejected=10)
    lines = as_text(SIDE, form).splitlines()
    assert lines[0].split() == ["all", "rules", "well-formedness", "only"]
    assert next(line for line in lines if line.startswith("first-pass")).split() == [
        "first-pass",
        "acceptance",
        "99.0%",
        "90.9%",
    ]
    assert compare(SIDE, form) == "first-pass acceptance 99.0% with all rules, 90.9% with well-formedness only"


def test_a_journey_whose_proof_fails_is_no_comparison() -> None:
    assert compare(SIDE, replace(SIDE, sound=False)) == ("a proof of the journey does not hold (well-formedness only)")
