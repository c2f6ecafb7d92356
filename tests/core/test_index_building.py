"""Indexes of large tables are built beside the work, and a build that was broken off is gone on with."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from apps.core.create_models import CreateModels
from apps.core.index_building import BuildIndex, DropIndex

NAME = "built_beside_the_work"
# Of these a practice has as few that an index stands in a moment.
SMALL = {"patient", "jobrun"}


def index() -> models.Index:
    return models.Index(fields=["title"], name=NAME)


@pytest.fixture
def state() -> ProjectState:
    return MigrationLoader(connection).project_state()


def run(operation: BuildIndex | DropIndex, state: ProjectState) -> None:
    after = state.clone()
    operation.state_forwards("worklist", after)
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("worklist", editor, state, after)


def valid() -> list[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [NAME])
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_build_that_was_broken_off_is_gone_on_with(state: ProjectState) -> None:
    built = state.clone()
    BuildIndex("workitem", index()).state_forwards("worklist", built)
    try:
        run(BuildIndex("workitem", index()), state)
        run(BuildIndex("workitem", index()), state)
        assert valid() == [True]
        with connection.cursor() as cursor:
            cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(%s)", [NAME])
        run(BuildIndex("workitem", index()), state)
        assert valid() == [True]
    finally:
        run(DropIndex("workitem", NAME), built)
    run(DropIndex("workitem", NAME), built)
    assert valid() == []


def locking(migration: migrations.Migration) -> set[str]:
    """Tables that stand already, and that this migration would lock while it builds an index on them."""
    made = {
        model.name_lower
        for each in migration.operations
        for model in (each.models if isinstance(each, CreateModels) else [each])
        if isinstance(model, migrations.CreateModel)
    }
    built = {
        each.model_name_lower
        for each in migration.operations
        if isinstance(each, migrations.AddIndex) and not isinstance(each, BuildIndex)
    }
    return built - made - SMALL


def test_no_migration_after_the_first_locks_a_large_table() -> None:
    ours = [
        migration
        for migration in MigrationLoader(None).disk_migrations.values()
        if type(migration).__module__.startswith("apps.") and not migration.name.startswith("0001")
    ]
    assert {(each.app_label, each.name): locking(each) for each in ours if locking(each)} == {}
    assert not [each.name for each in ours if each.atomic and any(isinstance(op, BuildIndex) for op in each.operations)]
