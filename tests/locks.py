"""In which order a call locks rows: two that take the same ones in different orders can wait for each other forever. And what another
transaction does between two statements of a call.
"""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

T = TypeVar("T")
# Seconds in which another transaction either ends or waits for us, also on a busy machine.
PATIENCE = 60
_LOCKED = re.compile(r' FROM "(\w+)".* FOR (?:NO KEY )?UPDATE', re.DOTALL)


@contextmanager
def locked_tables() -> Iterator[list[str]]:
    """The tables whose rows the block locked, each at its first place; filled when the block ends."""
    tables: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield tables
    found = (_LOCKED.search(query["sql"]) for query in captured.captured_queries)
    tables.extend(dict.fromkeys(match[1] for match in found if match))


def table_of(model: type[models.Model]) -> str:
    return model._meta.db_table


def elsewhere(work: Callable[[], T]) -> "Future[T]":
    """Does `work` over a connection of its own, as far as it comes: to its end, or until it waits for what our transaction has locked."""

    def run() -> T:
        try:
            return work()
        finally:
            connection.close()

    workers = ThreadPoolExecutor(1)
    working = workers.submit(run)
    workers.shutdown(wait=False)
    wait_for_a_waiter(working.done)
    return working


def wait_for_a_waiter(is_over: Callable[[], bool] = lambda: False) -> None:
    """Until somebody waits for what our transaction has locked, or it is over."""
    deadline = time.monotonic() + PATIENCE
    while not is_over() and not _somebody_waits_for_us():
        if time.monotonic() > deadline:
            pytest.fail("Nobody waits for us.")
        time.sleep(0.01)


def _somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


@contextmanager
def happening_after(words: Callable[[str], bool], what: Callable[[], object], *, turn: int = 1) -> Iterator[None]:
    """`what` happens once in the block, after the statement that `words` is true of for the `turn`th time."""
    left = [what]
    seen = 0

    def execute_then(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal seen
        found = execute(sql, *rest)
        if left and words(sql):
            seen += 1
            if seen == turn:
                left.pop()()
        return found

    with connection.execute_wrapper(execute_then):
        yield
    assert not left, "No such statement was executed."
