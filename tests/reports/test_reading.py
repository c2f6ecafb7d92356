"""A large practice's pages show what was kept, with its time; kept or measured, the figures are the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from apps.automations import sweeping
from apps.claims.states import ClaimStatus
from apps.core.templatetags.ui import moment
from apps.patient_balances.models import Balance
from apps.practice.roles import Role
from apps.reports.metrics import METRICS
from apps.reports.selectors import reading
from apps.reports.services import take_snapshots
from tests.factories.claims import AdjudicationFactory
from tests.factories.denials import denial
from tests.factories.patient_balances import BalanceFactory, PatientPaymentFactory
from tests.factories.reports import booked_claim
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 16)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ENTRIES", 0)


@pytest.fixture
def boss(settings, tmp_path: Path, now: datetime) -> Client:
    (tmp_path / "clock").write_text(now.isoformat())
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")
    return browser_of(Role.ADMINISTRATOR)


def a_practice(now: datetime) -> None:
    for days in (10, 45, 130, 200):
        claim = booked_claim(
            TODAY - timedelta(days=days), amount="500.00", paid="300.00", contractual="50.00", patient="80.00", now=now,
            status=ClaimStatus.PAID, first_submitted_at=now, accepted_at=now, first_adjudicated_at=now, passed_untouched=True,
        )  # fmt: skip
        AdjudicationFactory(claim=claim, remitted_on=TODAY)
    denial(amount="80.00")
    balance = BalanceFactory(claim=claim, state=Balance.State.OPEN, first_notice_at=now - timedelta(days=40))
    PatientPaymentFactory(balance=balance, paid_at=now - timedelta(days=35))


@pytest.mark.long
@pytest.mark.usefixtures("large")
def test_what_is_kept_is_what_was_measured(now: datetime) -> None:
    a_practice(now)
    measured = reading.take(now=now)
    take_snapshots(now=now)
    assert reading.current(now=now + timedelta(hours=2)) == replace(measured, is_kept=True)
    assert all(measured.figures[metric.key].value is not None for metric in METRICS)
    for metric in METRICS:
        assert reading.current_figure(metric.key, now=now) == (measured.figures[metric.key], now)


@pytest.mark.long
def test_a_small_practice_is_measured_whenever_somebody_looks(now: datetime) -> None:
    take_snapshots(now=now)
    a_practice(now)
    found = reading.current(now=now)
    assert (found, found.is_kept) == (reading.take(now=now), False)


@pytest.mark.usefixtures("large")
def test_a_large_one_that_was_never_measured_is_measured(now: datetime) -> None:
    a_practice(now)
    assert reading.current(now=now) == reading.take(now=now)
    assert reading.current_figure("ar_days", now=now)[1] is None


@pytest.mark.usefixtures("large")
def test_the_sweep_measures_again_once_something_was_posted(now: datetime) -> None:
    assert "measure" in [step for step, _rows in sweeping.SET_STEPS]
    a_practice(now)
    assert reading.overtaken().exists()
    take_snapshots(now=now)
    assert not reading.overtaken().exists()
    booked_claim(TODAY, amount="70.00", now=now)
    assert reading.overtaken().exists()


@pytest.mark.long
@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("figure", ["", "ar_days"])
def test_a_kept_figure_says_when_it_was_measured_and_is_measured_anew_on_demand(
    boss: Client, now: datetime, figure: str
) -> None:
    a_practice(now)
    take_snapshots(now=now - timedelta(hours=3))
    booked_claim(TODAY, amount="7000.00", now=now)
    address = reverse("reports:metric", args=[figure]) if figure else reverse("reports:dashboard")
    before = boss.get(address).content.decode()
    assert f"Measured {moment(now - timedelta(hours=3))}." in before
    assert "What was done since is not in" in before
    answer = boss.post(reverse("reports:measure"), {"figure": figure})
    assert answer.headers["Location"] == address
    after = boss.get(address).content.decode()
    assert before != after
    assert reading.current(now=now).taken_at == now
    assert reading.current(now=now).figures["ar_days"].numerator - Decimal(7000) > 0  # type: ignore[operator]


@pytest.mark.usefixtures("large")
def test_a_kept_dashboard_reads_a_constant_number_of_rows(
    boss: Client, now: datetime, django_assert_max_num_queries: Callable[..., object]
) -> None:
    a_practice(now)
    take_snapshots(now=now)
    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
        boss.get(reverse("reports:dashboard"))


def test_measuring_is_for_who_may_see_reports() -> None:
    assert browser_of(Role.FRONT_DESK).post(reverse("reports:measure")).status_code == 403
