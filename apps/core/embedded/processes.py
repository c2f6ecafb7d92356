"""A small supervisor: child processes in groups of their own, none of which outlives its parent."""

import os
import pwd
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

LEASH = Path(__file__).with_name("leash.py")


def launch(
    argv: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    user: pwd.struct_passwd | None = None,
    death_signal: int = signal.SIGTERM,
    directory: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in its own session. It gets `death_signal` when this process dies, however it dies (0: it stays)."""
    identity = [str(user.pw_uid), str(user.pw_gid)] if user else ["-1", "-1"]
    leashed = [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), str(int(death_signal)), *identity, *argv]
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as output:
        return subprocess.Popen(
            leashed,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=env,
            start_new_session=True,
            cwd=directory,
        )


def signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def last_lines(log: Path, count: int = 5) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-count:])


class ReadyTimeoutError(Exception):
    """A process did not answer in time."""


@dataclass
class _Child:
    argv: Sequence[str]
    env: Mapping[str, str] | None
    log: Path
    process: subprocess.Popen[bytes]


class Supervisor:
    """`with Supervisor() as processes:` leaves nothing behind."""

    def __init__(self) -> None:
        self._children: dict[str, _Child] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop_all()

    def start(self, name: str, argv: Sequence[str], env: Mapping[str, str] | None, log: Path) -> None:
        """Start `argv` (its first item an absolute path) as `name`; its output is added to `log`."""
        self._children[name] = _Child(argv, env, log, launch(argv, env=env, log=log))

    def pid(self, name: str) -> int:
        return self._children[name].process.pid

    def log(self, name: str) -> Path:
        return self._children[name].log

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Signal `name` and every process that it started."""
        child = self._children[name]
        signal_group(child.process, number)
        if number == signal.SIGKILL:
            child.process.wait()

    def restart(self, name: str) -> None:
        child = self._children[name]
        self._end([child], seconds=8)
        self.start(name, child.argv, child.env, child.log)

    def dead(self) -> list[str]:
        """The names of those that ended by themselves or were killed."""
        return [name for name, child in self._children.items() if child.process.poll() is not None]

    def stop(self, name: str, seconds: float = 8) -> None:
        self._end([self._children.pop(name)], seconds)

    def stop_all(self, seconds: float = 8) -> None:
        """Ask all to end; after `seconds` the rest is killed."""
        children = list(self._children.values())
        self._children.clear()
        self._end(children, seconds)

    def wait_ready(self, name: str, url: str, seconds: float = 30) -> None:
        """Wait until `url` answers 200. Raises ReadyTimeoutError with the end of the log, at once should `name` die."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._children[name].process.poll() is None:
            if _answers(url):
                return
            time.sleep(0.05)
        raise ReadyTimeoutError(f"{name} did not start; its log {self.log(name)} ends:\n{last_lines(self.log(name))}")

    def _end(self, children: Sequence[_Child], seconds: float) -> None:
        # The main process alone is asked: gunicorn and Celery end their own workers, Celery after the task in hand.
        for child in children:
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + seconds
        for child in children:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
            signal_group(child.process, signal.SIGKILL)
            child.process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  loopback addresses of our own children
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
