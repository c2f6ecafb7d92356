"""An index on a table that may be large, built while the table is read and written.

For the migrations of upgrades, of which none locks a large table while it builds an index on it; a room's first migration needs none
of this.

Its migration is not atomic (`atomic = False`), so that it may be broken off half-way. Called again it goes on: what stands is left, and
what PostgreSQL left behind of a build that was broken off (an index marked invalid) is taken away and built anew.
"""

from typing import cast

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

_IS_VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"


def _is_valid(editor: BaseDatabaseSchemaEditor, name: str) -> bool | None:
    """None: there is no such index."""
    with connections[editor.connection.alias].cursor() as cursor:
        cursor.execute(_IS_VALID, [editor.quote_name(name)])
        row = cursor.fetchone()
    return cast("bool", row[0]) if row else None


class BuildIndex(AddIndexConcurrently):
    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        found = _is_valid(schema_editor, self.index.name)
        if found:
            return
        if found is False:
            schema_editor.execute(f"DROP INDEX CONCURRENTLY {schema_editor.quote_name(self.index.name)}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)


class DropIndex(RemoveIndexConcurrently):
    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if _is_valid(schema_editor, self.name) is not None:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
