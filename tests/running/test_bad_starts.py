"""A start that cannot be says in one sentence what is wrong and what to do."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from pytest_django import Settings

from apps.automations.management.commands import up
from apps.automations.running.alone import alone
from apps.automations.running.letters import missing_library
from apps.automations.running.ports import Ports
from apps.core.embedded import places
from apps.core.embedded.places import EmbeddedServiceError, unprivileged_user
from apps.core.embedded.postgres import Postgres
from apps.core.embedded.processes import Supervisor
from apps.denials.services import PDF_REMEDY
from scripts import bootstrap
from tests.missing import skip_or_fail

ROOT = Path(bootstrap.__file__).resolve().parent.parent


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def free_trio() -> int:
    """A port whose neighbours for the sandbox are free too."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port < 65000:
            return port


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_trio()))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9 - 7 * 1024**2, 7 * 1024**2))


@pytest.fixture
def folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `up` stands on in this process, whose signals stay as they are."""
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_taken_port_names_another(taken_port: int) -> None:
    with pytest.raises(SystemExit) as refused:
        call_command("up", port=taken_port)
    assert str(refused.value) == (
        f"Port {taken_port} is taken by another program: stop that one, "
        f"or choose another address with make run PORT={taken_port + 100}."
    )


@pytest.mark.usefixtures("folder")
def test_the_address_that_is_named_is_counted_from_the_one_that_was_asked_for_and_is_free(taken_port: int) -> None:
    web = taken_port - 10
    with socket.socket() as another:
        another.bind(("127.0.0.1", web + 100 + 22))
        another.listen()
        with pytest.raises(SystemExit, match=f"Port {taken_port} is taken .* PORT={web + 200}"):
            call_command("up", port=web)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("port", [80, 65_530, 70_000])
def test_a_port_that_cannot_be_is_refused_in_words(port: int) -> None:
    with pytest.raises(SystemExit, match=f"There is no room at port {port}: choose one from 1024 to 65513"):
        call_command("up", port=port)


def test_a_second_start_on_the_same_folder_is_refused_before_its_port_and_starts_nothing(
    folder: Path, taken_port: int
) -> None:
    with alone(folder, Ports.beside(taken_port)), pytest.raises(SystemExit) as refused:
        call_command("up", port=taken_port)
    assert str(refused.value) == (
        f"The demo of this folder already runs at http://127.0.0.1:{taken_port}: stop it with Ctrl-C there, "
        f"or start another one: THROUGHLINE_VAR=/other/folder make run PORT={taken_port + 100}."
    )
    assert [path.name for path in folder.iterdir()] == ["up.lock"]


def test_a_folder_whose_demo_was_killed_is_free_again(tmp_path: Path) -> None:
    demo = f"""
import pathlib, signal
from apps.automations.running.alone import Ports, alone
with alone(pathlib.Path({str(tmp_path)!r}), Ports.beside(8000)):
    signal.raise_signal(signal.SIGKILL)
"""
    command = [sys.executable, "-c", demo]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    assert (tmp_path / "up.lock").read_text() == "http://127.0.0.1:8000\n"
    with alone(tmp_path, Ports.beside(9000)):
        assert (tmp_path / "up.lock").read_text() == "http://127.0.0.1:9000\n"


def test_a_full_disk_names_what_is_needed_and_another_folder(full_disk: None, tmp_path: Path) -> None:
    with pytest.raises(EmbeddedServiceError, match=r"Only 7 MB are free .* THROUGHLINE_VAR=/that/folder make run\.$"):
        Postgres(tmp_path / "var").start()


def test_a_folder_that_cannot_be_written_names_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedServiceError, match=r"cannot be written \(Not a directory\): make it yours, or name"):
        Postgres(tmp_path / "file" / "var").start()


def test_the_command_line_shows_the_sentence_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    unset = {"DATABASE_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE"}
    variables = {name: value for name, value in os.environ.items() if name not in unset}
    variables["THROUGHLINE_VAR"] = str(tmp_path / "file" / "var")
    command = [sys.executable, "manage.py", "up"]
    refused = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "cannot be written" in refused.stderr


def test_a_database_without_our_tables_names_the_command_that_makes_them() -> None:
    empty = urlsplit(os.environ["DATABASE_URL"])._replace(path="/postgres").geturl()
    variables = {**os.environ, "DATABASE_URL": empty, "DJANGO_SETTINGS_MODULE": "config.settings.development"}
    command = [sys.executable, "manage.py", "check_ledger"]
    refused = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr == (
        f"The database lacks tables of this version: {sys.executable} manage.py migrate, then the same again.\n"
    )


def test_an_ordinary_user_runs_postgresql_as_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert unprivileged_user() is None


def test_root_without_a_system_user_is_told_to_be_an_ordinary_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(places, "SYSTEM_USER", "throughline-nobody-has-this")
    monkeypatch.setattr(places, "SYSTEM_PROGRAMS", "")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EmbeddedServiceError, match="run this as an ordinary user, or set DATABASE_URL"):
        unprivileged_user()


def test_a_root_with_an_ordinary_path_still_adds_the_system_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    useradd = tmp_path / "useradd"
    useradd.write_text(f"#!/bin/sh\necho $* > {tmp_path}/asked\nexit 1\n")
    useradd.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(places, "SYSTEM_USER", "throughline-nobody-has-this")
    monkeypatch.setattr(places, "SYSTEM_PROGRAMS", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EmbeddedServiceError):
        unprivileged_user()
    assert (tmp_path / "asked").read_text().endswith("throughline-nobody-has-this\n")


def test_without_pango_letters_name_the_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "weasyprint.py").write_text('raise OSError("cannot load library libpango-1.0-0")')
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    assert f"{PDF_REMEDY}, then start again" in missing_library()


@pytest.mark.parametrize("place", ["Dockerfile", ".ci/run", "docs/operations.md"])
def test_wherever_the_packages_of_letters_are_named_it_is_the_same_ones(place: str) -> None:
    assert PDF_REMEDY.removeprefix("apt-get install ") in (ROOT / place).read_text()


@pytest.mark.parametrize(("ci", "ending"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_a_test_that_lacks_a_library_is_skipped_with_the_remedy_and_fails_under_ci(
    monkeypatch: pytest.MonkeyPatch, ci: str, ending: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(ending, match="apt-get install it"):
        skip_or_fail("apt-get install it")


# ------------------------------------------------------------------------------------------------------------- bootstrap


def test_a_python_without_venv_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "ensurepip" else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    with pytest.raises(SystemExit, match="no venv: apt-get install python3-venv, then run the same command again"):
        bootstrap.look_at_the_machine()


def test_an_old_python_is_told_how_to_name_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit, match=r"this is 3\.9: name another one, for example make run PYTHON=python3\.12"):
        bootstrap.look_at_the_machine()


def test_a_disk_without_room_for_the_packages_is_refused_before_they_come(
    full_disk: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    with pytest.raises(SystemExit, match="Only 7 MB are free here and the installation needs 1500 MB: free some"):
        bootstrap.look_at_the_machine()


def test_an_environment_that_cannot_be_made_leaves_no_half_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / "file" / ".venv")
    with pytest.raises(SystemExit, match=r"could not be made .* yours to write in and that its disk has room"):
        bootstrap.make_venv()


def test_an_environment_whose_making_is_interrupted_leaves_no_half_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*_args: object, **_options: object) -> None:
        (tmp_path / ".venv" / "bin").mkdir(parents=True)
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(subprocess, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.make_venv()
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(("last_file", "modules"), [("METADATA", ["venv", "pip"]), ("RECORD", ["pip"])])
def test_an_environment_that_a_killed_start_left_half_made_is_made_anew_and_a_whole_one_kept(
    last_file: str, modules: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    venv, ran = tmp_path / ".venv", []
    for path in (venv / "bin" / "python", venv / "lib/python3.12/site-packages/pip-25.0.dist-info" / last_file):
        path.parent.mkdir(parents=True)
        path.touch()

    def run(command: list[str], **_options: object) -> subprocess.CompletedProcess[bytes]:
        ran.append(command[2])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(subprocess, "run", run)
    bootstrap.install("production")
    assert ran == modules


def test_packages_that_cannot_be_fetched_are_told_and_tried_again_next_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "production.txt").write_text(f"django==5.2 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SystemExit, match="check the network and the room on the disk, then run the same command again"):
        bootstrap.install("production")
    assert not (tmp_path / ".venv" / "installed-production").exists()


def test_a_ctrl_c_whose_exception_python_dropped_stops_everything_all_the_same() -> None:
    command = up.Command()
    with suppress(KeyboardInterrupt):
        command._interrupt(signal.SIGINT, None)
    with Supervisor() as none, pytest.raises(KeyboardInterrupt):
        command._watch(none)
