"""How the database is emptied after a test that committed.

Django truncates every table of the project and makes its permissions again: a third of a second, most of it for tables that no test
wrote into. Here only the tables that hold rows are emptied, and content types and permissions, always the same, stay.
"""

from django.db import connection
from django.test import TransactionTestCase
from psycopg.sql import SQL, Identifier

# The last holds what a migration has entered.
KEPT = {"django_migrations", "django_content_type", "auth_permission", "claims_drugnumberpolicy"}
truncate_everything = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # it has no public name


def empty_tables_with_rows(case: TransactionTestCase) -> None:
    """The ledger and the trail refuse deletion by trigger, so triggers sleep meanwhile; only a superuser may ask for that.
    Elsewhere Django does it its own way.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            truncate_everything(case)
            return
        tables = sorted(set(connection.introspection.django_table_names(only_existing=True)) - KEPT)
        ask = SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
        cursor.execute(SQL(" UNION ALL ").join(ask.format(table, Identifier(table)) for table in tables))
        written = [table for (table,) in cursor.fetchall()]
        cursor.execute("SET session_replication_role = replica")
        for table in written:
            cursor.execute(SQL("DELETE FROM {}").format(Identifier(table)))
        cursor.execute("RESET session_replication_role")
