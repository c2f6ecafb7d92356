"""A secret's file is whole or not there, and one for all who start at once."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from apps.core.private_files import kept_text


def test_it_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "key.secret"
    assert [kept_text(path, lambda: "first"), kept_text(path, lambda: "second")] == ["first", "first"]
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_an_empty_file_and_half_of_one_that_a_killed_start_left_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "key.secret"
    path.touch()
    (tmp_path / "key.secret.part").write_text("ha")
    assert kept_text(path, lambda: "whole") == path.read_text() == "whole"


def test_killed_before_it_is_whole_nothing_stands_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        kept_text(tmp_path / "key.secret", lambda: "never")
    assert not (tmp_path / "key.secret").exists()


def test_all_who_start_at_once_get_one_and_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda each: kept_text(tmp_path / "key.secret", lambda: f"from {each}"), range(24)))
    assert len(found) == 1
