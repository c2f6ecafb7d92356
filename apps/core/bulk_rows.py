"""Many rows at once by COPY, without a model's object for each (ARCHITECTURE law 7)."""

# ruff: noqa: SLF001  `_meta` is a documented name of Django

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def new_keys(model: type[models.Model], number: int) -> list[int]:
    """So many primary keys that nobody else gets, for rows that others of the same call shall point at."""
    if not number:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH owned AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, %s)::regclass AS sequence)
               SELECT nextval(sequence) FROM owned, generate_series(1, %s)""",
            [model._meta.db_table, model._meta.pk.column, number],
        )
        return [key for (key,) in cursor.fetchall()]


def copy_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write `rows`, whose values stand in the order of `fields` (names of the model's; a foreign key's value is the key).

    No default of the model fills a field that is left out, and values go to the database as they are. Called inside a
    transaction; raises IntegrityError or DataError as an INSERT would.
    """
    columns = [str(model._meta.get_field(name).column) for name in fields]  # type: ignore[union-attr]  # a column
    copy_into(model._meta.db_table, columns, rows)


def copy_into(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """As `copy_rows`, into a table without a model: one that only this transaction sees. How many rows it took."""
    quote = connection.ops.quote_name
    statement = f"COPY {quote(table)} ({', '.join(map(quote, columns))}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
        return int(cursor.rowcount)
