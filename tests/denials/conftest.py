"""Signed-in browsers on the day after the factories' remittances, and letters as PDF where this machine can make them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from apps.automations.running.letters import missing_library
from apps.practice.roles import Role
from tests.denials.pages import TODAY
from tests.missing import skip_or_fail
from tests.signing_in import browser_of

SignIn = Callable[[Role | None], Client]


@pytest.fixture
def signed_in(settings, tmp_path: Path) -> SignIn:
    (tmp_path / "clock").write_text(TODAY.isoformat())
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")
    return browser_of


@pytest.fixture
def biller(signed_in: SignIn) -> Client:
    return signed_in(Role.BILLER)


@pytest.fixture(scope="session")
def pango() -> None:
    """What a test asks for that prints a letter."""
    lacking = missing_library()
    if lacking:
        skip_or_fail(lacking)
