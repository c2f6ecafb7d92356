"""Signed-in browsers of each role, and a check that a page has no gaps."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from apps.practice.roles import Role
from tests.signing_in import browser_of
from tests.workspace.emergencies import NOW, SetClock


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """Tries are counted in the cache; each test starts with none."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def signed_in(db: None) -> Callable[[Role | None], Client]:
    """`signed_in(Role.BILLER)`: a browser in which someone of that role is signed in with both factors."""

    return browser_of


@pytest.fixture
def biller(signed_in: Callable[[Role | None], Client]) -> Client:
    return signed_in(Role.BILLER)


@pytest.fixture
def clock_at(settings: Settings, tmp_path: Path) -> SetClock:
    def move(moment: datetime) -> None:
        (tmp_path / "clock").write_text(moment.isoformat())
        settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")

    move(NOW)
    return move
