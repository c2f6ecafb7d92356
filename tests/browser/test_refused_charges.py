"""A dropped file of which rows were refused: its page names the lines, and a biller says what became of it."""

from datetime import datetime
from pathlib import Path

import pytest
from django.urls import reverse

from apps.intake.models import ColumnMapping
from apps.intake.services import import_dropped_files
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.browser.axe import look
from tests.browser.conftest import Opener
from tests.factories.connectors import EhrConnectionFactory
from tests.factories.practice import PracticeFactory
from tests.intake.test_import_charge_file import GOOD, file, mapping

__all__ = ["mapping"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


def test_refused_lines_are_read_and_set_aside(
    open_page: Opener, mapping: ColumnMapping, tmp_path: Path, now: datetime
) -> None:
    PracticeFactory()
    EhrConnectionFactory(
        name="The export",
        adapter="csv_drop",
        settings={"folder": str(tmp_path), "mapping": mapping.name, "settled_seconds": 0},
    )
    bad = [GOOD.replace("V1,1", f"V{number},1").replace("148.00", "x") for number in range(2, 30)]
    (tmp_path / "a_charge_file_of_the_practice_with_a_long_name_2026-11-26.csv").write_bytes(file(GOOD, *bad))
    import_dropped_files(now=now)
    item = WorkItem.objects.get(kind="charges_refused")
    page = open_page(Role.BILLER, reverse(item.url_name, args=[item.subject_public_id]))
    assert look(page, "refused charges") == []
    page.get_by_placeholder("What became of it").fill("Told anew by the EHR")
    page.get_by_role("button", name="Set aside").press("Enter")
    page.get_by_text("Told anew by the EHR").first.wait_for()
    item.refresh_from_db()
    assert item.state == WorkItem.State.DONE
