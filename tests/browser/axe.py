"""What is wrong with a page as it stands: axe's grave findings, by rule and place, and what is cut, outside or moves."""

from collections.abc import Mapping
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from scripts.chromium import SIZES
from tests.browser.steady import unsteady_as_it_stands, unsteady_when_late

GRAVE = {"serious", "critical"}
# Dark is the same page but for its colors, and a phone has the colors of the wide page.
RULES_OF_COLOR = ["color-contrast", "link-in-text-block"]
DARK: dict[str, Any] = {"runOnly": RULES_OF_COLOR}
PHONE: dict[str, Any] = {"rules": {rule: {"enabled": False} for rule in RULES_OF_COLOR}}
ALL: dict[str, Any] = {"include": [["html"]]}
# The frame of every page is looked at once in each dress (test_pages_for_everyone), and of a table's rows the first three.
WHAT_IS_NEW: dict[str, Any] = {"include": [["html"]], "exclude": [["#nav"], ["tbody tr:nth-child(n+4)"]]}
Theme = Literal["light", "dark"]
DRESSES: tuple[tuple[str, Theme, dict[str, Any]], ...] = (
    ("wide", "light", {}),
    ("wide", "dark", DARK),
    ("phone", "light", PHONE),
)
_axe = Axe()


def grave_findings(page: Page, options: Mapping[str, Any] | None = None, part: Mapping[str, Any] = ALL) -> list[str]:
    """Rule, first target and how many more; serious and critical only."""
    if not page.evaluate("'axe' in window"):  # once a tab: to send the judge takes longer than to judge
        page.evaluate(_axe.axe_script)
        page.add_init_script(_axe.axe_script)
    asked = {"resultTypes": ["violations"], **(options or {})}
    run = "([part, options]) => axe.run(part, options).then(found => found.violations)"
    violations = page.evaluate(run, [dict(part), asked])
    return [
        f"{found['id']}: {found['nodes'][0]['target']} ({len(found['nodes'])}) {found['nodes'][0].get('failureSummary', '')[:200]}"
        for found in violations
        if found["impact"] in GRAVE
    ]


def look(page: Page, name: str, part: Mapping[str, Any] = WHAT_IS_NEW) -> list[str]:
    """The page as it stands, in every dress. It is left in the dress in which it came."""
    findings: list[str] = []
    came = page.viewport_size
    for width, theme, options in DRESSES:
        page.set_viewport_size(SIZES[width])
        page.emulate_media(color_scheme=theme)
        found = grave_findings(page, options, part)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append("scrolls sideways")
        findings += [f"{name}, {width}, {theme}: {finding}" for finding in found]
    page.emulate_media(color_scheme="null")
    if came:
        page.set_viewport_size(came)
    return findings


def look_long(page: Page, name: str) -> list[str]:
    """As `look`, and at every width; and whether the page stands still when it comes late."""
    came = page.viewport_size
    findings = [f"{name}, {fault}" for fault in (*unsteady_as_it_stands(page), *unsteady_when_late(page))]
    if came:
        page.set_viewport_size(came)
    return findings + look(page, name)
