"""Which Chromium this machine has, or which package brings one, and the sentence that says so. Before anything is installed: standard
library only.

`python3 scripts/chromium_package.py` prints the package for `.ci/run`; with `there`, whether a Chromium is there is its exit status.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

# Programs on the path. The one without windows first: what a window would need, it does not start.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Debian has the first two, others one of the last two.
PACKAGES = ("chromium-headless-shell", "chromium", "chromium-browser")
START_SECONDS = 30  # a first start, from a slow disk


@cache
def program_here() -> str | None:
    """The first of PROGRAMS on the path that starts."""
    return next(filter(starts, _on_the_path()), None)


def starts(program: str) -> bool:
    """Not only whether the file is there: what Ubuntu installs by that name is a stub that asks for a snap."""
    with suppress(OSError, subprocess.TimeoutExpired):
        asked = subprocess.run([program, "--version"], capture_output=True, check=False, timeout=START_SECONDS)
        return asked.returncode == 0
    return False


def _on_the_path() -> Iterator[str]:
    return filter(None, map(shutil.which, PROGRAMS))


def has(package: str) -> bool:
    """Whether apt could install it. A name that others merely provide is shown as nothing, with exit status 0."""
    shown = subprocess.run(["apt-cache", "show", package], capture_output=True, text=True, check=False)
    return bool(shown.stdout.strip())


def package_here() -> str:
    """The first of PACKAGES that apt has; empty where it has none, or where there is no apt."""
    return next(filter(has, PACKAGES), "") if shutil.which("apt-cache") else ""


def remedy() -> str:
    """What to type on this machine, last in the sentence and whole."""
    lacking = "There is no Chromium to drive"
    if stub := next(_on_the_path(), ""):
        return (
            f"{stub} is there but does not start: start it once and do what it says (Ubuntu's asks for a snap), install "
            f"{PROGRAMS[-1]}, or name another Chromium in CHROMIUM."
        )
    if not shutil.which("apt-cache"):
        return (
            f"{lacking}: install a program named {', '.join(PROGRAMS[:-1])} or {PROGRAMS[-1]}, or name one in CHROMIUM."
        )
    root = "" if os.geteuid() == 0 else "sudo "
    package = package_here()
    if not package:
        return f"{lacking}, and apt knows of none (or name one in CHROMIUM). Fetch apt's lists, then start again: {root}apt-get update"
    return f"{lacking} (or name one in CHROMIUM): {root}apt-get install {package}"


if __name__ == "__main__":
    if sys.argv[1:] == ["there"]:
        sys.exit(program_here() is None)
    found = package_here()
    print(found or remedy(), file=sys.stdout if found else sys.stderr)
    sys.exit(not found)
