"""A warm process that sends a claim file, in children that may be killed at any moment: `python -m tests.faults.sender`.

An order names its database and batch, and where its child dies: at a `statement`, or `stage` and how many seconds after it. A child
tells each stage that it reaches, "saving" with the first statement after the upload, and when done its statements until there and in all.
"""

import os
import signal
from collections.abc import Callable
from datetime import datetime
from typing import Any

import django

from tests.faults.killable import Counter, Order, die, serve

# Where an upload can be: before the call that is named, or right behind it.
STAGES = ("connect", "opened", "written", "closed", "leaving")


def main() -> None:
    django.setup()
    from apps.claims.services import submit_batch  # noqa: F401  loaded once for all children
    from apps.connectors.adapters.waystar import clearinghouse  # noqa: F401

    serve(_send)


def _send(order: Order, told: int) -> int:
    import celery
    from django.db import connection

    from apps.claims.services import submit_batch

    celery.current_app.send_task = lambda *_args, **_options: None  # there is no broker here
    connection.settings_dict["NAME"] = order["database"]
    counter = Counter(order.get("statement"), told)
    stages = _Stages(order, told, counter)
    counter.watch()
    stages.watch()
    became = submit_batch(batch_id=order["batch"], now=datetime.fromisoformat(order["now"]))
    os.write(told, f"{stages.statements_before} {counter.statements} {became} ".encode())
    return 0


class _Stages:
    def __init__(self, order: Order, told: int, counter: Counter) -> None:
        self.stage, self.seconds = order.get("stage"), order.get("delay", 0.0)
        self.told, self.counter = told, counter
        self.statements_before = 0

    def watch(self) -> None:
        import asyncssh

        from apps.connectors.adapters.waystar import sftp

        self._wrap(asyncssh, "connect", before="connect")
        self._wrap(asyncssh.SFTPClient, "open", behind="opened")
        self._wrap(asyncssh.SFTPClientFile, "write", behind="written")
        self._wrap(asyncssh.SFTPClientFile, "close", behind="closed")
        self._wrap(sftp, "_leave", before="leaving")

    def _wrap(self, where: Any, name: str, *, before: str = "", behind: str = "") -> None:
        called: Callable[..., Any] = getattr(where, name)

        async def calls(*args: Any, **kwargs: Any) -> Any:
            self._reached(before)
            done = await called(*args, **kwargs)
            self._reached(behind)
            return done

        setattr(where, name, calls)

    def _reached(self, stage: str) -> None:
        if not stage:
            return
        os.write(self.told, f"{stage} ".encode())
        if stage == "closed":
            self.statements_before = self.counter.statements
            self.counter.tell_next(b"saving ")
        if stage == self.stage:
            self._die_soon()

    def _die_soon(self) -> None:
        if not self.seconds:
            die()
        signal.signal(signal.SIGALRM, lambda *_: die())
        signal.setitimer(signal.ITIMER_REAL, self.seconds)


if __name__ == "__main__":
    main()
