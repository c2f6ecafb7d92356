"""In which order a call locks rows: two that take the same ones in different orders can wait for each other forever."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models
from django.test.utils import CaptureQueriesContext

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
