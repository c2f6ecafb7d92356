"""A warm process that posts what is stored, in children that may be killed at any moment: `python -m tests.faults.poster`.

It reads one order a line (JSON: database, chunk, and perhaps statement or seconds after which its child dies) and answers each with
what became of the child: killed, done or failed, whether it had begun, and when done how many statements it sent in how many seconds.
"""

import json
import os
import signal
import sys
import time
from datetime import datetime
from types import FrameType
from typing import Any, NoReturn

import django

Order = dict[str, Any]


def main() -> None:
    django.setup()
    from apps.remittances.services import post_remittances  # noqa: F401  loaded once for all children

    for line in sys.stdin:
        sys.stdout.write(json.dumps(_run(json.loads(line))) + "\n")
        sys.stdout.flush()


def _run(order: Order) -> dict[str, Any]:
    reading, writing = os.pipe()
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_child(order, writing)
    os.close(writing)
    if order.get("seconds") is not None:
        _kill_after(child, order["seconds"])
    _, status = os.waitpid(child, 0)
    took = time.monotonic() - begun
    with os.fdopen(reading) as told:
        begun_at, *statements = told.read().split()[:2] or [""]
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        became = "killed"
    else:
        became = "done" if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0 else "failed"
    sent = int(statements[0]) if statements else 0
    return {"became": became, "begun": bool(begun_at), "statements": sent, "seconds": took}


def _kill_after(child: int, seconds: float) -> None:
    """SIGKILL to the child of ours and no other: it is not yet waited for, so its number is nobody else's."""

    def now(_number: int, _frame: FrameType | None) -> None:
        os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, now)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.0001))
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    signal.setitimer(signal.ITIMER_REAL, 0)


def _be_child(order: Order, told: int) -> NoReturn:
    status = 1
    try:
        status = _post(order, told)
    finally:
        os._exit(status)


def _post(order: Order, told: int) -> int:
    import celery
    from django.db import connection

    from apps.remittances.services import post_claims, post_remittances

    celery.current_app.send_task = lambda *_args, **_options: None  # there is no broker here
    connection.settings_dict["NAME"] = order["database"]
    post_claims.CHUNK = order["chunk"]
    counter = _Counter(order.get("statement"), told)
    counter.watch()
    result = post_remittances(now=datetime.fromisoformat(order["now"]))
    os.write(told, f" {counter.statements}".encode())
    return 2 if result.failures else 0


class _Counter:
    """Counts what goes to the database, COPY and COMMIT too; dies before that of the given number, or right behind it."""

    def __init__(self, last: float | None, told: int) -> None:
        self.statements = 0
        self.last = last
        self.told = told

    def watch(self) -> None:
        import psycopg

        for kind, name in ((psycopg.Cursor, "execute"), (psycopg.Cursor, "copy"), (psycopg.Connection, "commit")):
            self._wrap(kind, name)

    def _wrap(self, kind: type, name: str) -> None:
        sent = getattr(kind, name)

        def sends(*args: Any, **kwargs: Any) -> Any:
            if not self.statements:
                os.write(self.told, b"begun")
            self.statements += 1
            self._die_at(self.statements - 0.5)
            done = sent(*args, **kwargs)
            self._die_at(self.statements)
            return done

        setattr(kind, name, sends)

    def _die_at(self, moment: float) -> None:
        if self.last is not None and moment >= self.last:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
