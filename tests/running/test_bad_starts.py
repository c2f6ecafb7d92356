"""A start that cannot be says in one sentence what is wrong and what to do."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
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
from apps.core.embedded.postgres import STOP_SECONDS, Postgres
from apps.core.embedded.processes import Supervisor
from apps.core.embedded.services import DEVELOPMENT, embedded_postgres, use_embedded_services
from apps.denials.services import PDF_REMEDY
from scripts import bootstrap
from tests.missing import skip_or_fail

ROOT = Path(bootstrap.__file__).resolve().parent.parent


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


@pytest.mark.long
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


@pytest.mark.long
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


def test_a_ctrl_c_whose_exception_python_dropped_stops_everything_all_the_same() -> None:
    command = up.Command()
    with suppress(KeyboardInterrupt):
        command._interrupt(signal.SIGINT, None)
    with Supervisor() as none, pytest.raises(KeyboardInterrupt):
        command._watch(none, None)


@pytest.fixture
def database() -> Iterator[Postgres]:
    """Not in pytest's own folder: another run that starts meanwhile closes that to the database's user."""
    with tempfile.TemporaryDirectory() as name:
        database = Postgres(Path(name), throw_away=True)
        database.start()
        yield database
        database.stop()


@pytest.mark.long
def test_where_the_path_is_too_long_for_a_socket_the_database_starts_again_and_again(database: Postgres) -> None:
    deep = database.directory.joinpath("a" * 60, "b" * 40, "var")
    for _start in range(2):
        far = Postgres(deep, throw_away=True)
        assert far.start() == far.url
        assert not far.has_ended()
        far.stop()
        assert far.has_ended()
    shutil.rmtree(far._sockets)


@pytest.mark.long
def test_a_database_that_ends_by_itself_stops_everything_with_its_log(database: Postgres) -> None:
    assert not database.has_ended()
    os.kill(int((database.data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    with (
        Supervisor() as none,
        pytest.raises(SystemExit, match=rf"PostgreSQL ended by itself; its log {database.log} says why"),
    ):
        up.Command()._watch(none, database)


@pytest.mark.long
@pytest.mark.parametrize("joined", [False, True])
def test_who_lets_go_of_a_killed_database_waits_for_nothing_and_ends_no_program_that_has_its_number(
    database: Postgres, *, joined: bool
) -> None:
    last = database
    if joined:
        last = Postgres(database.directory, throw_away=True)
        last.start()
    number = database.data / "postmaster.pid"
    os.kill(int(number.read_text().split()[0]), signal.SIGKILL)
    while not database.has_ended():
        time.sleep(0.01)
    with subprocess.Popen(["sleep", "60"]) as bystander:
        number.write_text(f"{bystander.pid}\n")
        begun = time.monotonic()
        database.stop()
        last.stop()
        assert time.monotonic() - begun < STOP_SECONDS / 2
        with pytest.raises(subprocess.TimeoutExpired):
            bystander.wait(timeout=0.2)
        bystander.kill()
    assert database._server is not None
    database._server.wait()


def test_only_the_folders_own_database_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", Postgres(tmp_path).url)
    watched = embedded_postgres(tmp_path)
    assert watched is not None
    assert watched.data == tmp_path / "postgres"
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@db/practice")
    assert embedded_postgres(tmp_path) is None


def test_a_folder_that_is_opened_for_the_database_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    (home / "clone" / "var").mkdir(parents=True)
    home.chmod(0o700)
    (home / "clone").chmod(0o755)
    places.let_pass(home / "clone" / "var" / "postgres", ours=home / "clone" / "var")
    assert home.stat().st_mode & 0o777 == 0o711
    assert f"{home} can now be passed through" in capsys.readouterr().err
    places.let_pass(home / "clone" / "var" / "postgres", ours=home / "clone" / "var")
    assert str(home) not in capsys.readouterr().err


@pytest.mark.parametrize("before", [None, 0o755])
def test_the_demos_mails_are_for_their_owner_alone(
    before: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if before:
        (tmp_path / "mail").mkdir(mode=before)
    for name, value in {"DJANGO_SETTINGS_MODULE": DEVELOPMENT, "DATABASE_URL": "x", "CELERY_BROKER_URL": "x"}.items():
        monkeypatch.setenv(name, value)
    use_embedded_services(["manage.py", "migrate"], tmp_path)
    assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700
