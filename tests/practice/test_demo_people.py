"""Production refuses a database that holds the demo's log-ins."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from pytest_django import Settings

from apps.practice.demo_people import DEMO_DOMAIN, refuse_demo_people
from tests.factories.practice import UserFactory
from tests.house.test_settings import ROOT, SOUND

SENTENCE = "This database holds the demo's practice (1 of its log-ins). Let DATABASE_URL name a database of its own"
START = {
    "web": ["-c", "import config.wsgi"],
    "worker": ["-m", "celery", "-A", "config", "worker", "--pool", "solo", "--queues", "intake"],
    "beat": ["-m", "celery", "-A", "config", "beat", "--pidfile", ""],
    "migrate": ["manage.py", "migrate", "--noinput"],
}


def database_url() -> str:
    """The test's own database on the server that DATABASE_URL names."""
    server = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(server._replace(path=f"/{connection.settings_dict['NAME']}", netloc=server.netloc or "@"))


def start(process: str, folder: Path) -> subprocess.CompletedProcess[str]:
    nowhere = "redis://127.0.0.1:1/0"
    own = {**SOUND, "DATABASE_URL": database_url(), "CELERY_BROKER_URL": nowhere, "THROUGHLINE_VAR": str(folder)}
    variables = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "config.settings.production"}
    command = [sys.executable, *START[process]]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "process", ["web", *(pytest.param(each, marks=pytest.mark.long) for each in START if each != "web")]
)
def test_no_process_of_production_starts_on_the_demos_database(process: str, tmp_path: Path) -> None:
    UserFactory(email=f"ada.ferris@{DEMO_DOMAIN}")
    refused = start(process, tmp_path)
    assert refused.returncode != 0
    assert SENTENCE in refused.stderr


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_web_process_starts_on_a_database_of_its_own(tmp_path: Path) -> None:
    UserFactory(email="ada@pecanrow.com")
    started = start("web", tmp_path)
    assert started.returncode == 0, started.stderr


@pytest.mark.django_db
def test_the_demo_itself_is_not_refused(settings: Settings) -> None:
    UserFactory(email=f"ada.ferris@{DEMO_DOMAIN}")
    refuse_demo_people()
    assert run_checks(tags=["database"], databases=["default"]) == []
    settings.DEMO_MODE = False
    with pytest.raises(ImproperlyConfigured, match="a database of its own"):
        refuse_demo_people()
