"""Where there is no Chromium, the sentence ends in what can be typed on that machine."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.chromium_package import package_here, program_here, remedy

ROOT = Path(__file__).resolve().parents[2]
Machine = Callable[..., None]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    """One whose apt has the packages named; like the real one, it shows nothing of a name that others merely provide."""

    def stands(*packages: str, provided: str = "nothing", apt: bool = True, root: bool = True) -> None:
        program = tmp_path / "apt-cache"
        known = "|".join(packages) or "none"
        if apt:
            program.write_text(
                f'#!/bin/sh\ncase "$2" in {known}) echo "Package: $2";; {provided}) ;; *) exit 100;; esac\n'
            )
            program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)

    return stands


@pytest.mark.parametrize(
    ("packages", "first"),
    [
        (("chromium", "chromium-headless-shell"), "chromium-headless-shell"),
        (("chromium", "chromium-browser"), "chromium"),
        (("chromium-browser",), "chromium-browser"),
    ],
)
def test_the_package_is_one_that_apt_has(machine: Machine, packages: tuple[str, ...], first: str) -> None:
    machine(*packages)
    assert package_here() == first
    assert remedy().endswith(f": apt-get install {first}")
    machine(*packages, root=False)
    assert remedy().endswith(f": sudo apt-get install {first}")


def test_where_apt_has_none_its_lists_are_fetched_first(machine: Machine) -> None:
    machine(provided="chromium-browser")
    assert package_here() == ""
    assert remedy().endswith(": apt-get update")


def test_without_apt_the_programs_are_named(machine: Machine) -> None:
    machine(apt=False)
    assert package_here() == ""
    assert "chromium-browser or google-chrome" in remedy()
    assert "apt" not in remedy()


def program(folder: Path, name: str, exit_status: int) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\nexit {exit_status}\n")
    path.chmod(0o755)
    return path


def test_a_program_that_only_asks_for_another_is_no_chromium(machine: Machine, tmp_path: Path) -> None:
    machine("chromium-browser")
    stub = program(tmp_path, "chromium-browser", 1)
    program_here.cache_clear()
    assert program_here() is None
    assert remedy().startswith(f"{stub} is there but does not start: ")
    chrome = program(tmp_path, "google-chrome", 0)
    program_here.cache_clear()
    assert program_here() == str(chrome)
    program_here.cache_clear()


def test_ci_asks_for_the_same_programs_and_package() -> None:
    script = (ROOT / ".ci/run").read_text()
    assert "if ! python3 scripts/chromium_package.py there ||" in script
    assert 'chromium="$(python3 scripts/chromium_package.py)"' in script
