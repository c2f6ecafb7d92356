"""The demo's past is lived once and whole: what was broken off is cleared away, and nothing else ever is."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from apps.automations.running import history
from apps.automations.running.history import (
    HistoryBrokenOffError,
    clear_broken_off_history,
    mark_lived,
    play_history,
)
from apps.automations.running.ports import Ports
from apps.automations.running.product import Product
from apps.core.embedded.processes import Supervisor
from apps.intake.models import Encounter
from tests.factories.intake import EncounterFactory

pytestmark = pytest.mark.django_db


class Forgetful:
    """Stands in for the broker, which tests do not share."""

    forgot = 0

    def forget(self) -> None:
        Forgetful.forgot += 1


@pytest.fixture
def product(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Product]:
    settings.VAR_DIR = tmp_path
    Forgetful.forgot = 0
    monkeypatch.setattr(history, "Broker", Forgetful)
    with Supervisor() as processes:
        yield Product(processes, tmp_path, Ports.beside(8000), {})


def tables() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        (number,) = cursor.fetchone()
    return int(number)


def come_so_far() -> None:
    EncounterFactory()
    with connection.cursor() as cursor:  # as if it were committed
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def interrupted(*_args: object, **_options: object) -> None:
    raise KeyboardInterrupt


def lived(command: list[str], **_options: object) -> "subprocess.CompletedProcess[bytes]":
    """To its last act."""
    come_so_far()
    mark_lived()
    return subprocess.CompletedProcess(command, 0)


def test_a_past_that_is_interrupted_says_so_and_is_cleared_away_at_the_next_start(
    product: Product, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(subprocess, "run", interrupted)
    with pytest.raises(HistoryBrokenOffError, match="lived anew at the next start"):
        play_history(product)
    come_so_far()
    for name in ("sandbox", "log"):
        (product.directory / name).mkdir()
    assert clear_broken_off_history()
    assert "it is lived anew" in capsys.readouterr().out
    assert tables() == 0
    assert Forgetful.forgot == 1
    assert [path.name for path in product.directory.iterdir()] == ["log"]
    assert not clear_broken_off_history()


def test_a_past_that_was_lived_to_its_end_stays_and_is_not_lived_again(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", lived)
    play_history(product)
    assert not clear_broken_off_history()
    monkeypatch.setattr(subprocess, "run", interrupted)
    play_history(product)
    assert Encounter.objects.count() == 1
    assert Forgetful.forgot == 0


def test_a_database_in_which_nobody_began_a_past_is_never_cleared(product: Product) -> None:
    EncounterFactory()
    assert not clear_broken_off_history()
    play_history(product)
    assert Encounter.objects.count() == 1


def test_a_past_that_fails_names_the_logs_and_is_lived_anew(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1))
    with pytest.raises(HistoryBrokenOffError, match=r"could not be lived through; the logs in .*log say why"):
        play_history(product)
    assert clear_broken_off_history()
