"""What axe finds on a page, in lines that say which rule and where."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = {"serious", "critical"}
_axe = Axe()


def grave_findings(page: Page) -> list[str]:
    """Rule, first target and how many more; serious and critical only."""
    violations = _axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{found['id']}: {found['nodes'][0]['target']} ({len(found['nodes'])}) {found['nodes'][0].get('failureSummary', '')[:200]}"
        for found in violations
        if found["impact"] in GRAVE
    ]
