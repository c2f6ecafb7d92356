"""What every test shares: a fixed moment, a nudge collector, and a quick broom."""

import gc
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import TransactionTestCase, override_settings
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from tests.databases import can_be_copied, copy_database
from tests.emptying import empty_tables_with_rows

# A Wednesday afternoon in Austin.
NOW = datetime(2026, 9, 16, 20, 0, tzinfo=UTC)

# How many examples a property is tried on: some in `make test`, many in `make faults`; the same each time.
settings.register_profile("quick", max_examples=8, deadline=None, derandomize=True)
settings.register_profile("deep", max_examples=80, deadline=None, derandomize=True)
settings.load_profile("quick")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("property")
        if item.nodeid.startswith("tests/house/") and not item.get_closest_marker("django_db"):
            item.add_marker("law")


def pytest_collection() -> None:
    """What is loaded now stays: the collector need not walk through it again and again, neither while it grows nor later."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> None:
    """In place of pytest-django's own where a copy will do (see tests.databases)."""
    worker = getattr(request.config, "workerinput", None)
    if not worker or not can_be_copied():
        request.getfixturevalue("django_db_setup")
        return
    request.getfixturevalue("django_test_environment")
    with django_db_blocker.unblock():
        copy_database(worker["workerid"])


@pytest.fixture(scope="session", autouse=True)
def quick_broom() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_tables_with_rows)
        yield


@pytest.fixture(scope="module")
def statistics_forgotten(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """For a file whose tests let the database count its rows. A count outlives the rows, even where the test is rolled back: for the
    tests that follow, the planner would take a table for empty that they have filled, and be slow by minutes.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            cursor.execute(
                "UPDATE pg_class SET relpages = 0, reltuples = -1 WHERE relkind = 'r' AND reltuples >= 0 AND oid >= 16384"
            )


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
