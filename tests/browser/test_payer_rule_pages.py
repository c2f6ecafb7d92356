"""Payers' rules in a real browser: each page for axe, and a rule written with script and without."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings

from apps.claims.models import PayerRule
from apps.claims.services import review_rules
from apps.claims.states import ClaimStatus
from apps.practice.roles import Role
from tests.browser.axe import look_long
from tests.browser.conftest import Opener
from tests.factories.claims import ClaimFactory, FindingFactory, PayerRuleFactory
from tests.factories.practice import PayerFactory, PracticeFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
NOW = datetime(2026, 10, 8, 15, 0, tzinfo=UTC)
LIST, NEW = reverse("claims:payer_rules"), reverse("claims:new_payer_rule")


@pytest.fixture(autouse=True)
def that_morning(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text(NOW.isoformat())
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")
    PracticeFactory()


@pytest.mark.axe
def test_the_pages_are_open_to_everyone(open_page: Opener) -> None:
    found = look_long(open_page(Role.ADMINISTRATOR, LIST), "empty list")
    payer = PayerFactory(name="The Farmers and Merchants Mutual Benefit of Travis County")
    for status in (ClaimStatus.DENIED, ClaimStatus.PAID):
        ClaimFactory(status=status, encounter__coverage__payer=payer)
    rule = PayerRuleFactory(
        payer=payer, review_on=date(2026, 10, 1), set_field="line.modifiers", set_value="25", action="set"
    )
    PayerRuleFactory(state="draft", conditions={"none": []})
    let_go = ClaimFactory(status=ClaimStatus.DENIED)
    FindingFactory(
        claim=let_go, rule="MOD-25", state="overridden", override_reason="Two problems.", found_at=NOW, settled_at=NOW
    )
    review_rules(now=NOW - timedelta(days=100))
    review_rules(now=NOW)
    where = [rule.public_id]
    pages = {
        "list": LIST,
        "rule": reverse("claims:payer_rule", args=where),
        "new": NEW,
        "editor": reverse("claims:edit_payer_rule", args=where),
        "review": reverse("claims:review_payer_rule", args=where),
        "book": reverse("claims:rule_book", args=["coding"]),
        "silent book": reverse("claims:rule_book", args=["billing"]),
        "built in": reverse("claims:built_in_rule", args=["coding", "MOD-25"]),
        "let go": reverse("claims:built_in_rule", args=["coding", "MOD-25"]) + "?list=overridden",
        "missed": reverse("claims:missed_denials", args=["coding"]),
        "silent rule": reverse("claims:built_in_rule", args=["coding", "MOD-57"]),
    }
    for name, path in pages.items():
        found += look_long(open_page(Role.ADMINISTRATOR, path), name)
    page = open_page(Role.ADMINISTRATOR, pages["rule"])
    page.get_by_role("button", name="Try it on past claims").click()
    expect(page.get_by_text("this would have held 2 claims, 1 of which was denied")).to_be_visible()
    assert found + look_long(page, "trial") == []


def _fill(page: Page, number: int, field: str, how: str, value: str) -> None:
    row = page.get_by_role("group", name=f"Condition {number}", exact=True)
    row.get_by_label("Field").select_option(label=field)
    row.get_by_label("How").select_option(label=how)
    row.get_by_label("Value").fill(value)


@pytest.mark.parametrize("script", [True, False])
def test_a_rule_is_written_condition_by_condition(script: bool, open_page: Opener) -> None:
    page = open_page(Role.ADMINISTRATOR, NEW, script=script)
    page.get_by_label("Name", exact=True).fill("Telehealth at home")
    _fill(page, 1, "Place of service", "is", "02")
    page.get_by_role("button", name="Add a condition").click()
    _fill(page, 2, "Procedure of the line", "is from … to …", "99202 to 99215")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_role("button", name="Remove condition 3").click()
    expect(page.get_by_role("button", name="Remove condition 3")).to_have_count(0)
    page.get_by_label("Sentence for the biller").fill("Bill place 10 for a patient at home.")
    page.get_by_label("Reason").fill("The bulletin of July.")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Telehealth at home")).to_be_visible()
    assert [leaf["value"] for leaf in PayerRule.objects.get().conditions["all"]] == ["02", "99202 to 99215"]
