"""A large query that is asked many times an hour and stays as it is, but for its moments: its SQL is put together once a process.

To put it together takes several times as long as to ask it, and so does planning it anew: all but the moments stand in it as
literals, so that the database can keep one plan and still knows which part of a table is meant.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import QuerySet
from psycopg.sql import Literal

# The SQL is made as of this moment. Asked at another, each moment in it is as far from that as it was from this.
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


class StandingQuery:
    """`rows` of a moment. What they read besides the database and that moment is read once."""

    def __init__(self, rows: Callable[[datetime], "QuerySet[Any, Any]"]) -> None:
        self._rows = rows

    def ask(self, *, now: datetime) -> list[tuple[Any, ...]]:
        sql, moments = self._statement
        if not moments:
            return _found(sql, [])
        # For parameters, a plan would be made anew each time.
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            found = _found(sql, [now + (moment - _ANY_TIME) for moment in moments])
            cursor.execute(
                "SET LOCAL plan_cache_mode = auto"
            )  # what follows in a caller's transaction is planned as ever
        return found

    @cached_property
    def _statement(self) -> tuple[str, list[datetime]]:
        sql, parameters = self._rows(_ANY_TIME).query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        written = sql.replace("%%", "%%%%") % tuple(_written(each) for each in parameters)
        return written, [each for each in parameters if isinstance(each, datetime)]


def _found(sql: str, parameters: list[datetime]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _written(parameter: Any) -> str:
    if isinstance(parameter, datetime):
        return "%s"
    return Literal(parameter).as_string().replace("%", "%%")  # alone, the sign would announce a parameter
