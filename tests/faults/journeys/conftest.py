"""The journey that all others are compared with: lived once, and undisturbed."""

from typing import Any

import pytest

from tests.faults.journeys.running import DAYS, live


@pytest.fixture(scope="session")
def quiet() -> dict[str, Any]:
    return live(days=DAYS)
