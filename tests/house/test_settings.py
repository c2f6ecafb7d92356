"""Production refuses an unsafe start with a sentence; the repository names every variable and no registry."""

import os
import re
import runpy
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from scripts.healthy import is_healthy

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
OPTIONAL = {
    "BEHIND_PROXY", "TRUSTED_PROXIES", "DATABASE_POOLED", "SECURE_SSL_REDIRECT", "PRACTICE_TIME_ZONE", "LOG_LEVEL", "CACHE_URL",
}  # fmt: skip


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Reads production's settings anew, with `changes` to sound ones. Raises ImproperlyConfigured as a start would."""

    def read(**changes: str) -> dict[str, Any]:
        for name in OPTIONAL:
            monkeypatch.delenv(name, raising=False)
        for name, value in {**SOUND, **changes}.items():
            monkeypatch.setenv(name, value)
        # Both files are run again, whatever this process has read before.
        monkeypatch.delitem(sys.modules, "config.settings.base", raising=False)
        return runpy.run_module("config.settings.production")

    return read


Production = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(("changes", "status"), [({}, 0), ({"SECRET_KEY": ""}, 1)])
def test_a_process_of_production_starts_with_sound_settings_only(changes: dict[str, str], status: int) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in OPTIONAL}
    variables = {**kept, **SOUND, **changes, "DJANGO_SETTINGS_MODULE": "config.settings.production"}
    command = [sys.executable, "-c", "import django; django.setup()"]
    started = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert (started.returncode, "Set SECRET_KEY" in started.stderr) == (status, bool(status))


@pytest.mark.parametrize("command", ["up", "migrate"])
def test_a_command_refuses_with_the_sentence_alone(command: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in OPTIONAL}
    variables = {**kept, **SOUND, "PUBLIC_URL": "", "DJANGO_SETTINGS_MODULE": "config.settings.production"}
    started = subprocess.run(
        [sys.executable, "manage.py", command], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    assert started.returncode == 1
    assert started.stderr == "Set PUBLIC_URL to the https address that patients' links start with.\n"


@pytest.mark.filterwarnings("ignore:Engine not recognized")  # the library's own, of no address
@pytest.mark.parametrize("name", sorted(SOUND))
def test_production_refuses_to_start_without(production: Production, name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"Set {name}"):
        production(**{name: ""})


@pytest.mark.filterwarnings("ignore:Engine not recognized")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("PUBLIC_URL", "http://billing.example.org"),
        ("DATABASE_URL", "rubbish"),
        ("DATABASE_URL", "sqlite:///throughline.db"),
        ("CELERY_BROKER_URL", "amqp://host"),
        ("CACHE_URL", "locmem://"),
        ("PRACTICE_TIME_ZONE", "America/Nowhere"),
        ("LOG_LEVEL", "LOUD"),
        ("SECURE_SSL_REDIRECT", "ture"),
        ("BEHIND_PROXY", "maybe"),
        ("DATABASE_POOLED", "2"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "one"),
    ],
)
def test_production_refuses_an_unsafe(production: Production, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"Set {name}"):
        production(**{name: value})


def test_an_empty_variable_is_one_left_out(production: Production) -> None:
    left_out = production()
    emptied = production(**dict.fromkeys(OPTIONAL, ""))
    for name in (
        "SECURE_SSL_REDIRECT",
        "BEHIND_PROXY",
        "TRUSTED_PROXIES",
        "TIME_ZONE",
        "LOGGING",
        "CACHES",
        "DATABASES",
    ):
        assert emptied[name] == left_out[name], name
    assert left_out["SECURE_SSL_REDIRECT"] is True


@pytest.mark.parametrize("name", sorted(SOUND))
def test_each_required_one_may_come_from_a_file(
    production: Production, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    (tmp_path / "mounted").write_text(f"{SOUND[name]}\n")
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "mounted"))
    read = production(**{name: ""})
    monkeypatch.delenv(f"{name}_FILE")
    direct = production()
    for setting in (
        "SECRET_KEY",
        "FIELD_ENCRYPTION_KEYS",
        "DATABASES",
        "CACHES",
        "ALLOWED_HOSTS",
        "PUBLIC_URL",
        "EMAIL_CONFIG",
    ):
        assert read[setting] == direct[setting], setting


def test_a_secrets_file_that_is_not_there_is_named(production: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY_FILE", "/no/such/file")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE names /no/such/file, which cannot be read"):
        production()


def test_links_have_one_slash_after_the_host(production: Production) -> None:
    assert production(PUBLIC_URL="https://billing.example.org/")["PUBLIC_URL"] == "https://billing.example.org"


def test_all_but_the_health_of_a_process_is_redirected_to_https(
    production: Production, settings: Settings, client: Client
) -> None:
    read = production()
    for name in ("SECURE_SSL_REDIRECT", "SECURE_REDIRECT_EXEMPT"):
        setattr(settings, name, read[name])
    with patch("apps.core.views.late_automations", return_value={}):
        assert client.get("/healthz").status_code == 200
    elsewhere = client.get("/account/login/")
    assert (elsewhere.status_code, elsewhere.headers["Location"][:8]) == (301, "https://")


def test_behind_a_proxy_one_is_trusted_unless_another_number_is_said(production: Production) -> None:
    assert production()["TRUSTED_PROXIES"] == 0
    assert production(BEHIND_PROXY="true")["TRUSTED_PROXIES"] == 1
    assert production(BEHIND_PROXY="true", TRUSTED_PROXIES="2")["TRUSTED_PROXIES"] == 2


def test_production_refuses_a_proxy_that_is_not_trusted(production: Production) -> None:
    with pytest.raises(ImproperlyConfigured, match="Set TRUSTED_PROXIES to the number of your proxies"):
        production(BEHIND_PROXY="true", TRUSTED_PROXIES="0")


def test_the_example_leaves_the_number_of_proxies_to_its_default() -> None:
    assert not re.search(r"^TRUSTED_PROXIES=", (ROOT / ".env.example").read_text(), re.MULTILINE)


@pytest.mark.parametrize(("pooled", "kept"), [("true", (None, True)), ("false", (3, False))])
def test_behind_a_pooler_nothing_is_kept_on_a_connection(production: Production, pooled: str, kept: object) -> None:
    database = production(DATABASE_POOLED=pooled)["DATABASES"]["default"]
    assert (database["OPTIONS"]["prepare_threshold"], database["DISABLE_SERVER_SIDE_CURSORS"]) == kept


def test_containers_start_after_the_migration_and_all_that_is_installed_is_audited() -> None:
    compose = (ROOT / "compose.yaml").read_text()
    shared, services = compose.split("services:", 1)
    assert "migrate: { condition: service_completed_successfully }" in shared
    migrate = services.split("  migrate:\n")[1].split("  web:\n")[0]
    assert "depends_on:" in migrate
    assert "migrate: {" not in migrate
    # A library that is missing ends import_icd10 with 1, and everything else waits for this service.
    diagnoses = "{ python manage.py import_icd10 --if-missing || echo 'Go on without.'; }"
    assert f'"python manage.py migrate && {diagnoses} && python manage.py sync_schedule"\n' in migrate
    assert '["CMD", "python", "-m", "scripts.healthy"]' in services.split("  web:\n")[1].split("  worker:\n")[0]
    (audit,) = re.findall(r"pip_audit .*", (ROOT / "Makefile").read_text())
    assert re.findall(r"-r (\S+)", audit) == [
        f"requirements/{name}.txt" for name in ("production", "run", "development", "bench")
    ]


def test_what_is_not_kept_in_the_repository_is_not_put_into_the_image() -> None:
    kept_out = {line.removeprefix("**/") for line in (ROOT / ".dockerignore").read_text().splitlines()}
    ignored = {line.rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines()}
    assert ignored - kept_out == set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("hosts", "healthy"),
    [("billing.example.org, other.example.org", True), (".example.org", True), ("unknown.test", False)],
)
def test_the_container_asks_for_its_health_by_a_name_that_is_answered(
    live_server: LiveServer, settings: Settings, monkeypatch: pytest.MonkeyPatch, hosts: str, healthy: bool
) -> None:
    settings.ALLOWED_HOSTS = ["billing.example.org", ".example.org"]
    monkeypatch.setenv("ALLOWED_HOSTS", hosts)
    port = urlsplit(live_server.url).port
    assert port
    assert is_healthy(port) is healthy


def test_a_web_process_that_is_not_there_is_not_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "billing.example.org")
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        assert not is_healthy(unheard.getsockname()[1])


def test_the_commands_that_operations_names_exist() -> None:
    told = set(re.findall(r"manage\.py ([a-z0-9_]+)", (ROOT / "docs/operations.md").read_text()))
    ours = {path.stem for path in ROOT.glob("apps/*/management/commands/*.py")}
    assert "person" in told
    assert told - ours == {"migrate", "collectstatic"}


def test_every_variable_is_explained() -> None:
    explained = set(re.findall(r"^(?:# )?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    folders = ("config", "apps", "scripts", "tests")
    sources = "".join(path.read_text() for folder in folders for path in (ROOT / folder).rglob("*.py"))
    used = set(
        re.findall(r"""\b(?:secret|number|switch|env\.\w+|environ\.get)\(\s*["']([A-Z][A-Z0-9_]+)["']""", sources)
    )
    assert {"SECRET_KEY", "BEHIND_PROXY", "TRUSTED_PROXIES", "CHROMIUM", "X12_CORPUS"} <= used
    # Set by the machines that run it, not by a person.
    assert used - explained == {"CI"}


def test_the_locks_are_hashed_and_name_no_host() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text
        pinned = re.findall(r"^[a-z0-9][^=\s]*==", text, re.MULTILINE)
        assert len(pinned) > 30
        assert text.count("--hash=sha256:") >= len(pinned)
