"""What is wrong with a page as it stands: axe's grave findings, in lines that say which rule and where, and sideways scroll."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = {"serious", "critical"}
# Everything else is the same page whatever its colors, and is judged in light.
RULES_OF_COLOR = ["color-contrast", "link-in-text-block"]
_axe = Axe()


def grave_findings(page: Page) -> list[str]:
    """Rule, first target and how many more; serious and critical only. In dark only what colors can spoil is judged."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"):
        options["runOnly"] = RULES_OF_COLOR
    violations = _axe.run(page, options=options).response["violations"]
    return [
        f"{found['id']}: {found['nodes'][0]['target']} ({len(found['nodes'])}) {found['nodes'][0].get('failureSummary', '')[:200]}"
        for found in violations
        if found["impact"] in GRAVE
    ]


def look(page: Page, name: str) -> list[str]:
    findings = grave_findings(page)
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        findings.append("scrolls sideways")
    return [f"{name}: {finding}" for finding in findings]
