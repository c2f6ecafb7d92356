"""A row that is there once, however often and by however many it is brought: one statement, no look before it and no savepoint."""

# ruff: noqa: SLF001  `_meta` is a documented name of Django

from collections.abc import Sequence

from django.db import connection, models


def insert_once(row: models.Model, *, once: Sequence[str]) -> bool:
    """Insert a new row, which then bears the key that the database gave it. False where one stands already with the same values in the
    fields `once`, of which there is a unique constraint: nothing is changed. What another transaction brings at the same moment is waited
    for. Raises IntegrityError and DataError as an INSERT does.
    """
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table, key = quote(row._meta.db_table), quote(str(row._meta.pk.column))
    known_by = ", ".join(quote(str(row._meta.get_field(name).column)) for name in once)  # type: ignore[union-attr]  # columns
    statement = f"INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT ({known_by}) DO NOTHING RETURNING {key}"  # noqa: S608  the model's names
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchone()
    if found is None:
        return False
    row.pk, row._state.adding, row._state.db = found[0], False, connection.alias
    return True
