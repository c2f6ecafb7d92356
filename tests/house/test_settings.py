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


# What a test sets must come from it alone.
OPTIONAL = {"BEHIND_PROXY", "TRUSTED_PROXIES", "DATABASE_POOLED"}


def start_production(changes: dict[str, str], then: str = "") -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in SOUND.keys() | OPTIONAL}
    variables = {**kept, **SOUND, **changes, "DJANGO_SETTINGS_MODULE": "config.settings.production"}
    command = [sys.executable, "-c", f"import django; django.setup(); {then}"]
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


TELL_PROXIES = "from django.conf import settings; print(settings.TRUSTED_PROXIES)"


def test_behind_a_proxy_one_is_trusted_unless_another_number_is_said() -> None:
    assert start_production({}, TELL_PROXIES).stdout == "0\n"
    assert start_production({"BEHIND_PROXY": "true"}, TELL_PROXIES).stdout == "1\n"
    assert start_production({"BEHIND_PROXY": "true", "TRUSTED_PROXIES": "2"}, TELL_PROXIES).stdout == "2\n"


def test_production_refuses_a_proxy_that_is_not_trusted() -> None:
    refused = start_production({"BEHIND_PROXY": "true", "TRUSTED_PROXIES": "0"})
    assert refused.returncode != 0
    assert "Set TRUSTED_PROXIES to the number of your proxies" in refused.stderr


def test_the_example_leaves_the_number_of_proxies_to_its_default() -> None:
    assert not re.search(r"^TRUSTED_PROXIES=", (ROOT / ".env.example").read_text(), re.MULTILINE)


@pytest.mark.parametrize(("pooled", "told"), [("true", "None True\n"), ("false", "3 False\n")])
def test_behind_a_pooler_nothing_is_kept_on_a_connection(pooled: str, told: str) -> None:
    asked = "from django.db import connection as c; s = c.settings_dict; "
    asked += "print(s['OPTIONS']['prepare_threshold'], s['DISABLE_SERVER_SIDE_CURSORS'])"
    assert start_production({"DATABASE_POOLED": pooled}, asked).stdout == told


def test_containers_start_after_the_migration_and_all_that_is_installed_is_audited() -> None:
    compose = (ROOT / "compose.yaml").read_text()
    shared, services = compose.split("services:", 1)
    assert "migrate: { condition: service_completed_successfully }" in shared
    migrate = services.split("  migrate:\n")[1].split("  web:\n")[0]
    assert "depends_on:" in migrate
    assert "migrate: {" not in migrate
    (audit,) = re.findall(r"pip_audit .*", (ROOT / "Makefile").read_text())
    assert re.findall(r"-r (\S+)", audit) == ["requirements/production.txt", "requirements/development.txt"]


def test_the_commands_that_operations_names_exist() -> None:
    told = set(re.findall(r"manage\.py ([a-z_]+)", (ROOT / "docs/operations.md").read_text()))
    ours = {path.stem for path in ROOT.glob("apps/*/management/commands/*.py")}
    assert "person" in told
    assert told - ours == {"migrate", "collectstatic"}


def test_every_variable_is_explained() -> None:
    explained = set(re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
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
