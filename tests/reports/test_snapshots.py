import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from apps.reports.checks import checks
from apps.reports.metrics import METRICS
from apps.reports.models import MetricSnapshot
from apps.reports.services import take_snapshots
from tests.factories.reports import booked_claim

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 16)


def test_a_snapshot_keeps_numerator_and_denominator_of_every_metric(now: datetime):
    booked_claim(TODAY - timedelta(days=9), amount="500.00", now=now)
    assert take_snapshots(now=now) >= 1
    assert MetricSnapshot.objects.filter(day=TODAY).count() == len(METRICS)
    kept = MetricSnapshot.objects.get(metric="ar_days")
    assert (kept.numerator, kept.denominator, kept.value) == (Decimal(500), Decimal(50), Decimal(10))


def test_a_metric_without_data_is_kept_as_no_data(now: datetime):
    take_snapshots(now=now)
    assert MetricSnapshot.objects.get(metric="denial_rate").value is None


def test_a_second_run_of_the_day_replaces_the_first(now: datetime):
    take_snapshots(now=now)
    booked_claim(TODAY - timedelta(days=9), amount="500.00", now=now)
    take_snapshots(now=now + timedelta(hours=1))
    kept = MetricSnapshot.objects.get(metric="ar_days")
    assert (kept.value, kept.computed_at) == (Decimal(10), now + timedelta(hours=1))


def test_the_money_figures_reconcile_with_the_ledger(now: datetime):
    booked_claim(
        TODAY - timedelta(days=130), amount="200.00", paid="90.00", contractual="80.00", patient="30.00", now=now
    )
    booked_claim(TODAY - timedelta(days=9), amount="500.00", paid="520.00", now=now)
    take_snapshots(now=now)
    found = checks(TODAY)
    assert [check.what for check in found[:2]] == ["Open receivable", "Charges of settled visits"]
    assert all(check.sound for check in found)


def run(*options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("check_metrics", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_ends_with_a_verdict_of_one_line():
    lines = run()[0].splitlines()
    assert len(lines) == len(METRICS) + 1
    assert "no data" in lines[0]
    assert lines[-1] == "7 figures, 9 reconciliations: all hold."


def test_as_json_the_verdict_goes_to_stderr():
    out, err = run("--json")
    assert json.loads(out)["ar_days"] == {"numerator": "0.00", "denominator": "0.00", "value": None}
    assert err.strip() == "7 figures, 9 reconciliations: all hold."


def test_a_snapshot_that_was_tampered_with_fails_the_command(settings, tmp_path, now: datetime):
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")
    (tmp_path / "clock").write_text(now.isoformat())
    booked_claim(TODAY - timedelta(days=9), amount="500.00", now=now)
    take_snapshots(now=now)
    MetricSnapshot.objects.filter(metric="ar_days").update(value=Decimal(1))
    with pytest.raises(SystemExit) as stopped:
        run()
    assert stopped.value.code == 1
