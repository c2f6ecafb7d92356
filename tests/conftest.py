"""What every test shares: a fixed moment, a nudge collector, and a quick broom."""

import gc
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import TransactionTestCase, override_settings
from hypothesis import settings

from tests.emptying import empty_tables_with_rows

# A Wednesday afternoon in Austin.
NOW = datetime(2026, 9, 16, 20, 0, tzinfo=UTC)

# How many examples a property is tried on: some in `make test`, many in `make faults`; the same each time.
settings.register_profile("quick", max_examples=12, deadline=None, derandomize=True)
settings.register_profile("deep", max_examples=200, deadline=None, derandomize=True)
settings.load_profile("quick")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("property")


def pytest_collection_finish() -> None:
    """What is loaded stays: the collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def quick_broom() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_tables_with_rows)
        yield


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The steps that a committed transaction asked for: (step, key)."""
    sent: list[tuple[str, str]] = []

    def keep(step: str, args: list[str] | None = None, **_options: object) -> None:
        sent.append((step, args[0] if args else ""))

    monkeypatch.setattr("celery.current_app.send_task", keep)
    return sent


@pytest.fixture
def cache_away() -> Iterator[None]:
    """The cache of production, at an address at which nobody answers."""
    backend = "django.core.cache.backends.redis.RedisCache"
    with override_settings(CACHES={"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0"}}):
        yield


@pytest.fixture
def nudges_ahead(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, float]]:
    """Those asked for at a later moment: (step, key, seconds from now)."""
    sent: list[tuple[str, str, float]] = []

    def keep(step: str, args: list[str], countdown: float | None = None) -> None:
        if countdown is not None:
            sent.append((step, args[0], countdown))

    monkeypatch.setattr("celery.current_app.send_task", keep)
    return sent
