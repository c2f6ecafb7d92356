"""Warm processes that do a piece of work in children which may be killed at any moment, and how a test gives them their orders.

A module of such a process reads one order a line (JSON: database, and what its work needs, perhaps statement or seconds after which its
child dies) and answers each with what became of the child: killed, done or failed, what it told on its way, and how long it took.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

Order = dict[str, Any]
# What a child does; it tells words on its way by writing them into the pipe that it is given.
Work = Callable[[Order, int], int]


def serve(work: Work) -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_run(json.loads(line), work)) + "\n")
        sys.stdout.flush()


class Warm:
    """The test's end of the line."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def ask(self, order: Order) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def warm(module: str) -> Iterator[Warm]:
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    command = [sys.executable, "-m", module]
    with subprocess.Popen(
        command, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None, text=True
    ) as process:
        yield Warm(process)


def _run(order: Order, work: Work) -> dict[str, Any]:
    reading, writing = os.pipe()
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_child(order, writing, work)
    os.close(writing)
    if order.get("seconds") is not None:
        _kill_after(child, order["seconds"])
    _, status = os.waitpid(child, 0)
    took = time.monotonic() - begun
    with os.fdopen(reading) as told:
        words = told.read().split()
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        became = "killed"
    else:
        became = "done" if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0 else "failed"
    return {"became": became, "told": words, "seconds": took}


def _kill_after(child: int, seconds: float) -> None:
    """SIGKILL to the child of ours and no other: it is not yet waited for, so its number is nobody else's."""

    def now(_number: int, _frame: FrameType | None) -> None:
        os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, now)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.0001))
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    signal.setitimer(signal.ITIMER_REAL, 0)


def _be_child(order: Order, told: int, work: Work) -> NoReturn:
    status = 1
    try:
        status = work(order, told)
    finally:
        os._exit(status)


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


class Counter:
    """Counts what goes to the database, COPY and COMMIT too; dies before that of the given number, or right behind it."""

    def __init__(self, last: float | None, told: int) -> None:
        self.statements = 0
        self.last = last
        self.told = told
        self.next_word = b"begun "

    def tell_next(self, word: bytes) -> None:
        """Tell `word` with the next statement."""
        self.next_word = word

    def watch(self) -> None:
        import psycopg

        for kind, name in ((psycopg.Cursor, "execute"), (psycopg.Cursor, "copy"), (psycopg.Connection, "commit")):
            self._wrap(kind, name)

    def _wrap(self, kind: type, name: str) -> None:
        sent = getattr(kind, name)

        def sends(*args: Any, **kwargs: Any) -> Any:
            if self.next_word:
                os.write(self.told, self.next_word)
                self.next_word = b""
            self.statements += 1
            self._die_at(self.statements - 0.5)
            done = sent(*args, **kwargs)
            self._die_at(self.statements)
            return done

        setattr(kind, name, sends)

    def _die_at(self, moment: float) -> None:
        if self.last is not None and moment >= self.last:
            die()
