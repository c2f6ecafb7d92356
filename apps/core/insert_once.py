"""A row that is there once, however often and by however many it is brought: one statement, no look before it and no savepoint."""

# ruff: noqa: SLF001  `_meta` is a documented name of Django

from django.db import connection, models


def insert_once(row: models.Model) -> bool:
    """Insert a new row, which then bears the key that the database gave it. False where a unique constraint has one like it already:
    nothing is changed, and what another transaction brings at the same moment is waited for.
    """
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table, key = quote(row._meta.db_table), quote(str(row._meta.pk.column))
    statement = f"INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING RETURNING {key}"  # noqa: S608  the model's names
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchone()
    if found is None:
        return False
    row.pk, row._state.adding, row._state.db = found[0], False, connection.alias
    return True
