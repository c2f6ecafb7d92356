"""Signed-in browsers on the day after the factories' remittances."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from apps.practice.roles import Role
from tests.denials.pages import TODAY
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
