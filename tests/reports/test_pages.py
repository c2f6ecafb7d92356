from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import PayerRule
from apps.claims.states import ClaimStatus
from apps.core import clock
from apps.core.models import Automation
from apps.practice.roles import Role
from apps.reports.metrics import ar_days, first_pass
from apps.reports.metrics.figure import Figure
from apps.reports.models import MetricSnapshot
from apps.reports.selectors.history import series
from apps.reports.selectors.money import aging
from apps.reports.wording import change, number, references
from tests.factories.claims import ClaimFactory, PayerRuleFactory
from tests.factories.denials import denial
from tests.factories.reports import booked_claim
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 16)
D = Decimal
SignIn = Callable[[Role | None], Client]


@pytest.fixture
def signed_in(settings, tmp_path: Path, now: datetime) -> SignIn:
    (tmp_path / "clock").write_text(now.isoformat())
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")
    return browser_of


@pytest.fixture
def boss(signed_in: SignIn) -> Client:
    return signed_in(Role.ADMINISTRATOR)


def page(client: Client, name: str, *args: str, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    assert "style=" not in text
    return text


def kept(day: date, value: str | None, metric: str = "ar_days") -> None:
    MetricSnapshot.objects.create(
        metric=metric, day=day, value=None if value is None else D(value), computed_at=datetime(2026, 9, 1).astimezone()
    )


def test_an_empty_dashboard_has_no_zeros(boss: Client):
    text = page(boss, "reports:dashboard")
    assert "No figure has data yet." in text
    assert text.count('<p class="value none">No data</p>') == 7
    assert ">0.0%" not in text


def test_the_dashboard_shows_value_word_bounds_and_definition(boss: Client, now: datetime):
    booked_claim(TODAY - timedelta(days=89), amount="900.00", paid="700.00", contractual="100.00", now=now)
    text = page(boss, "reports:dashboard")
    assert '10.0<span class="unit">days</span><span class="pill" data-state="good">On target</span>' in text
    assert "<dt>Target</dt><dd>&lt; 35</dd>" in text
    assert "<dt>Problem</dt><dd>&gt; 45</dd>" in text
    assert ar_days.METRIC.definition in text
    assert reverse("reports:metric", args=["ar_days"]) in text


def test_the_dashboard_shows_aging_reasons_and_lag(boss: Client, now: datetime):
    booked_claim(TODAY - timedelta(days=40), amount="500.00", patient="80.00", now=now)
    denial("50")
    ClaimFactory(status=ClaimStatus.SUBMITTED, first_submitted_at=now)
    text = page(boss, "reports:dashboard")
    for words in ("31 to 60", "$420.00", "$80.00", "Not medically necessary, they say", "Same day"):
        assert words in text
    assert "?first=2026-07-18&amp;last=2026-08-16" in text


def test_a_rule_past_its_review_is_told_until_it_is_reviewed(boss: Client):
    PayerRuleFactory(review_on=TODAY)
    PayerRuleFactory(review_on=TODAY, state="draft")
    PayerRuleFactory(review_on=TODAY + timedelta(days=1))
    assert f'<a href="{reverse("claims:payer_rules")}">1 rule</a> of this practice is past' in page(
        boss, "reports:dashboard"
    )
    PayerRule.objects.update(review_on=TODAY + timedelta(days=90))
    assert "past the day of review" not in page(boss, "reports:dashboard")


@pytest.mark.long
def test_the_dashboards_queries_do_not_grow_with_the_rows(boss: Client, now: datetime, django_assert_num_queries):
    def fill(count: int) -> None:
        for days in range(count):
            booked_claim(TODAY - timedelta(days=20 + days), amount="500.00", patient="80.00", now=now)

    fill(1)
    with django_assert_num_queries(50):
        page(boss, "reports:dashboard")
    fill(4)
    with django_assert_num_queries(50):
        page(boss, "reports:dashboard")


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(None, False), (Role.FRONT_DESK, False), (Role.CODER, False), (Role.BILLER, True), (Role.ADMINISTRATOR, True)],
)
def test_who_may_look(signed_in: SignIn, role: Role | None, allowed: bool):
    client = signed_in(role)
    for address in (reverse("reports:dashboard"), reverse("reports:metric", args=["ar_days"])):
        assert (client.get(address).status_code == 200) is allowed


def test_a_figures_page_shows_its_parts_and_its_rows_and_is_in_the_trail(boss: Client, now: datetime):
    claim = booked_claim(TODAY - timedelta(days=10), amount="600.00", paid="200.00", now=now)
    text = page(boss, "reports:metric", "ar_days")
    for words in ("Open receivable", "$400.00", claim.control_number, claim.patient.full_name):
        assert words in text
    event = AuditEvent.objects.get(action="list")
    assert (event.subject_kind, event.subject_public_id) == ("metric_rows", "ar_days")
    assert event.patients == [claim.patient.public_id]


@pytest.mark.parametrize(
    "key", ["first_pass", "denial_rate", "net_collection", "patient_collection", "charge_lag", "clean_claims"]
)
def test_every_figure_has_a_page_that_says_what_will_stand_there(boss: Client, key: str):
    assert "row by row" in page(boss, "reports:metric", key)


@pytest.mark.long
def test_rows_come_in_pages(boss: Client, now: datetime):
    for _ in range(51):
        ClaimFactory(status=ClaimStatus.SUBMITTED, first_submitted_at=now)
    assert "51 to 51 of 51 rows" in page(boss, "reports:metric", "charge_lag", query="?page=2")


def test_each_bar_of_the_charge_lag_leads_to_its_claims(boss: Client, now: datetime):
    claims = {
        days: ClaimFactory(
            status=ClaimStatus.SUBMITTED,
            encounter__service_date=TODAY - timedelta(days=days),
            first_submitted_at=datetime.combine(TODAY, time(23, 30), clock.practice_zone()),  # tomorrow in UTC
        ).control_number
        for days in (0, 1, 2, 4, 9)
    }
    dashboard = page(boss, "reports:dashboard")
    for part, behind in (("0", {0}), ("1", {1}), ("2", {2}), ("3", set()), ("4", {4, 9})):
        query = f"?part={part}"
        assert f'href="{reverse("reports:metric", args=["charge_lag"])}{query}">{len(behind)}</a>' in dashboard
        shown = page(boss, "reports:metric", "charge_lag", query=query)
        assert {days for days, number in claims.items() if number in shown} == behind
    assert all(number in page(boss, "reports:metric", "charge_lag", query="?part=x") for number in claims.values())


def test_an_unknown_figure_is_not_found(boss: Client):
    assert boss.get(reverse("reports:metric", args=["happiness"])).status_code == 404


def test_young_history_is_drawn_by_week_and_old_by_month():
    for weeks in range(3):
        kept(TODAY - timedelta(weeks=weeks), "40")
    young = series(["ar_days"], TODAY)["ar_days"]
    assert (young.by, young.values) == ("week", (D(40), D(40), D(40)))
    kept(date(2026, 1, 15), "48")
    old = series(["ar_days"], TODAY)["ar_days"]
    assert (old.by, old.days[-2:], old.values[0], old.values[1]) == (
        "month",
        (date(2026, 8, 31), TODAY),
        D(48),
        None,
    )


def test_the_baseline_is_the_six_months_before_the_first_automation_went_live():
    Automation.objects.create(name="eligibility", live_since=date(2026, 8, 17))
    for day, value in (
        (date(2026, 2, 1), "90"),
        (date(2026, 3, 1), "50"),
        (date(2026, 8, 16), "46"),
        (date(2026, 8, 17), "10"),
    ):
        kept(day, value)
    found = series(["ar_days"], TODAY)["ar_days"]
    assert found.baseline == D(48)
    assert found.go_live is not None
    assert found.days[found.go_live] == date(2026, 8, 31)


def test_before_automation_there_is_no_baseline():
    kept(TODAY, "40")
    assert series(["ar_days"], TODAY)["ar_days"].baseline is None
    assert references(ar_days.METRIC, None)[-1] == ("Baseline", "None yet")


@pytest.mark.parametrize(
    ("metric", "value", "baseline", "words"),
    [
        (ar_days.METRIC, "33.1", "48", "14.9 fewer than baseline"),
        (ar_days.METRIC, "50", "48", "2.0 more than baseline"),
        (first_pass.METRIC, "0.968", "0.884", "8.4 points more than baseline"),
    ],
)
def test_a_change_is_said_against_the_baseline(metric, value: str, baseline: str, words: str):
    assert change(metric, Figure(TODAY, D(value), D(1)), D(baseline)) == words


def test_numbers_read_as_days_or_percent():
    assert number(D("33.149"), ar_days.METRIC.unit) == "33.1"
    assert number(D("0.9675"), first_pass.METRIC.unit) == "96.8%"


@pytest.mark.parametrize(
    ("days", "bucket"), [(0, 0), (30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3), (120, 3), (121, 4), (900, 4)]
)
def test_each_day_belongs_to_one_age(now: datetime, days: int, bucket: int):
    booked_claim(TODAY - timedelta(days=days), amount="100.00", patient="30.00", now=now)
    found = [(age.payers, age.patients) for age in aging(TODAY)]
    assert found[bucket] == (D("70.00"), D("30.00"))
    assert sum(age.total for age in aging(TODAY)) == D("100.00")
