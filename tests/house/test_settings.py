"""Production refuses an unsafe start with a sentence; the repository names every variable and no registry."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOUND = {
    "SECRET_KEY": "q" * 60,
    "FIELD_ENCRYPTION_KEYS": "b25seS1mb3ItdGhlLXRlc3QtcHJvZHVjdGlvbi0wMTI=",
    "DATABASE_URL": "postgres:///none",
    "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
    "ALLOWED_HOSTS": "billing.example.org",
    "PUBLIC_URL": "https://billing.example.org",
    "EMAIL_URL": "smtp+tls://mail.example.org:587",
}


def start_production(changes: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in SOUND}
    variables = {**kept, **SOUND, **changes, "DJANGO_SETTINGS_MODULE": "config.settings.production"}
    command = [sys.executable, "-c", "import django; django.setup()"]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


def test_production_starts_with_sound_settings() -> None:
    assert start_production({}).returncode == 0


@pytest.mark.parametrize("name", sorted(SOUND))
def test_production_refuses_to_start_without(name: str) -> None:
    refused = start_production({name: ""})
    assert refused.returncode != 0
    assert f"Set {name}" in refused.stderr


@pytest.mark.parametrize(("name", "value"), [("SECRET_KEY", "short"), ("PUBLIC_URL", "http://billing.example.org")])
def test_production_refuses_an_unsafe(name: str, value: str) -> None:
    assert f"Set {name}" in start_production({name: value}).stderr


def test_every_variable_is_explained() -> None:
    explained = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    sources = "".join(path.read_text() for path in (ROOT / "config").rglob("*.py"))
    used = set(re.findall(r"""(?:secret|env\.\w+|environ\.get)\(\s*["']([A-Z_]+)["']""", sources))
    assert used - explained == set()


def test_the_locks_are_hashed_and_name_no_host() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text
        pinned = re.findall(r"^[a-z0-9][^=\s]*==", text, re.MULTILINE)
        assert len(pinned) > 30
        assert text.count("--hash=sha256:") >= len(pinned)
