"""Make .venv and install the pinned requirements into it, once for each state of the lock. Needs no package of its own.

Usage: python3 scripts/bootstrap.py production | run | development | bench
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
NEEDED_BYTES = 1_500_000_000


def refuse(sentence: str) -> None:
    sys.exit(sentence)


def version() -> str:
    return ".".join(map(str, sys.version_info[:2]))


def look_at_the_machine() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  this runs on whatever Python there is, before the lock applies
        refuse(
            f"Python 3.11 or newer is needed and this is {version()}: name another one, for example make run PYTHON=python3.12."
        )
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        refuse(f"This Python has no venv: apt-get install python{version()}-venv, then run the same command again.")
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES and not any(VENV.glob("installed-*")):
        refuse(
            f"Only {free // 10**6} MB are free here and the installation needs {NEEDED_BYTES // 10**6} MB: free some disk space."
        )


def venv_is_whole() -> bool:
    """Whether it is this Python's, as after an upgrade of the system it is not, and its making came to the end: pip is put in last,
    and pip's RECORD is the last file of it.
    """
    packages = VENV / "lib" / f"python{version()}" / "site-packages"
    return (VENV / "bin" / "python").exists() and any(packages.glob("pip-*.dist-info/RECORD"))


def make_venv() -> None:
    whole = False
    try:
        # Cleared first: a start that was killed may have left half of one.
        whole = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False).returncode == 0
    finally:
        if not whole:
            shutil.rmtree(VENV, ignore_errors=True)
    if not whole:
        refuse(
            f"{VENV} could not be made (the reason stands above): see that {ROOT} is yours to write in and that its disk has room, "
            "then run the same command again."
        )


def install(name: str) -> None:
    requirements = ROOT / "requirements" / f"{name}.txt"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    stamp = VENV / f"installed-{name}"
    whole = venv_is_whole()
    if whole and stamp.exists() and stamp.read_text() == digest:
        return
    if not whole:
        make_venv()
    print(f"Installing the pinned packages of requirements/{name}.txt into .venv (a minute or two, once).", flush=True)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    done = subprocess.run([*pip, "--require-hashes", "--requirement", str(requirements)], check=False)
    if done.returncode != 0:
        refuse(
            "The packages could not be installed (the reason stands above): check the network and the room on the disk, "
            "then run the same command again."
        )
    stamp.write_text(digest)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in {"production", "run", "development", "bench"}:
        refuse(str(__doc__))
    look_at_the_machine()
    install(sys.argv[1])
