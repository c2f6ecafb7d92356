"""What pages promise about times is what the timetable does."""

from pathlib import Path

import pytest
from django.conf import settings

from apps.automations.schedule import BY_NAME
from apps.claims.states import ClaimStatus
from apps.workspace.rules.next_step import next_step

TEMPLATES = Path(settings.BASE_DIR) / "templates"


def test_answers_are_promised_as_often_as_they_are_looked_for() -> None:
    step = next_step(ClaimStatus.SUBMITTED)
    assert BY_NAME["responses"].hour.endswith("/2")
    assert step is not None
    assert step.detail == "Answers are fetched every two hours."


def test_files_of_claims_are_promised_hourly() -> None:
    assert (BY_NAME["batches"].minute, BY_NAME["batches"].hour) == ("45", "7-22")
    assert "leave together, hourly through the day" in (TEMPLATES / "claims/batches.html").read_text()


@pytest.mark.parametrize("page", ["eligibility/tomorrow.html", "workspace/patient.html"])
def test_an_hour_that_people_may_move_is_not_written_into_a_page(page: str) -> None:
    assert "from the EHR each evening." in (TEMPLATES / page).read_text()
