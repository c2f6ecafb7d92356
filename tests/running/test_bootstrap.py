"""What `make` does before anything else: an environment with the pinned packages, or one sentence with the remedy."""

import hashlib
import importlib.util
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from scripts import bootstrap

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
ROOT = Path(bootstrap.__file__).resolve().parent.parent


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The modules that were run, each of which did its work."""
    modules: list[str] = []

    def run(command: list[str], **_options: object) -> subprocess.CompletedProcess[bytes]:
        modules.append(command[2])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    return modules


def test_a_python_without_venv_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "ensurepip" else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    with pytest.raises(
        SystemExit, match=rf"no venv: apt-get install python{VERSION}-venv, then run the same command again"
    ):
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
    last_file: str, modules: list[str], ran: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    venv = tmp_path / ".venv"
    for path in (venv / "bin" / "python", venv / f"lib/python{VERSION}/site-packages/pip-25.0.dist-info" / last_file):
        path.parent.mkdir(parents=True)
        path.touch()

    monkeypatch.setattr(bootstrap, "VENV", venv)
    bootstrap.install("run")
    assert ran == modules


@pytest.mark.parametrize("stale", ["another Python's", "its interpreter gone"])
def test_an_environment_that_the_system_has_outgrown_is_made_anew_though_its_stamp_is_right(
    stale: str, ran: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    venv = tmp_path / ".venv"
    version = "3.10" if stale == "another Python's" else VERSION
    record = venv / f"lib/python{version}/site-packages/pip-25.0.dist-info/RECORD"
    record.parent.mkdir(parents=True)
    record.touch()
    (venv / "bin").mkdir()
    (venv / "bin" / "python").symlink_to(sys.executable if stale == "another Python's" else tmp_path / "gone")
    digest = hashlib.sha256((ROOT / "requirements" / "run.txt").read_bytes()).hexdigest()
    (venv / "installed-run").write_text(digest)

    monkeypatch.setattr(bootstrap, "VENV", venv)
    bootstrap.install("run")
    assert ran == ["venv", "pip"]


@pytest.mark.long
def test_packages_that_cannot_be_fetched_are_told_and_tried_again_next_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.txt").write_text(f"django==5.2 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SystemExit, match="check the network and the room on the disk, then run the same command again"):
        bootstrap.install("run")
    assert not (tmp_path / ".venv" / "installed-run").exists()
