"""A small file that is made once and holds a secret: whole or not there, whoever is killed at whatever moment."""

import os
from collections.abc import Callable
from pathlib import Path

from apps.core.embedded.places import exclusively


def kept_text(path: Path, made: Callable[[], str]) -> str:
    """The file's text. Where there is none, or an empty file that a killed start left, `made` says what it holds from now on; it is
    readable for its owner alone. Several processes that start at once get one and the same.
    """
    if found := text_of(path):
        return found
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with exclusively(path.with_name(f"{path.name}.lock")):
        if not text_of(path):
            _write(path, made())
    return text_of(path)


def text_of(path: Path) -> str:
    """ "" where there is no such file, or a killed start left it empty."""
    return path.read_text() if path.exists() else ""


def _write(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
