"""The stage of a simulation: what its end leaves behind."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from apps.automations.running.history import is_being_lived, mark_begun
from apps.automations.running.ports import free_port
from apps.automations.running.product import Product
from apps.automations.simulation import stage as stages
from apps.automations.simulation.stage import Stage

BEGIN = datetime(2026, 8, 3, 11, tzinfo=UTC)  # six in the morning in Austin


@pytest.fixture
def sandbox_alone(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stage's folder; of its processes the sandbox alone is started, since the others hold nothing that is not in the database."""
    settings.VAR_DIR, settings.VIRTUAL_CLOCK_FILE = tmp_path, str(tmp_path / "clock")
    for name in ("PUBLIC_URL", "PUBLIC_URL_FILE"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    for name in ("start_web", "until_web", "start_worker"):
        monkeypatch.setattr(Product, name, lambda _self: None)
    for name in ("call_command", "sync_schedule", "load_demo", "Broker"):
        monkeypatch.setattr(stages, name, lambda *_args, **_options: None)
    monkeypatch.setattr("apps.automations.demo.diagnoses.take_in", lambda **_options: None)
    return tmp_path


@pytest.mark.long
@pytest.mark.django_db
def test_the_outside_world_of_the_played_history_keeps_its_last_moment(
    sandbox_alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def live(stage: Stage, *, days: int) -> None:
        # The first hour is written at once; the second is in the sandbox's memory alone.
        for hours in (1, 1 + days):
            stage.outside.advance(BEGIN + timedelta(hours=hours))
        written.append(_world(sandbox_alone))

    monkeypatch.setattr(Stage, "live", live)
    ports = [free_port() for _ in range(3)]
    mark_begun()
    call_command("play_history", first_day=BEGIN.date(), days=1, ports=ports)
    assert written == [BEGIN + timedelta(hours=1)]
    assert _world(sandbox_alone) == BEGIN + timedelta(hours=2)
    assert not is_being_lived()


def _world(folder: Path) -> datetime:
    content = json.loads((folder / "sandbox" / "world-7.json").read_text())
    return datetime.fromisoformat(content["state"]["now"])
