"""Models that a migration makes in one step are the same as those made one by one, and are rendered once."""

import pytest
from django.db import connection, models
from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState, StateApps

from apps.core.create_models import CreateModels

CABINET = CreateModel("Cabinet", [("id", models.BigAutoField(primary_key=True))])
SHELF = CreateModel(
    "Shelf",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("cabinet", models.ForeignKey("furniture.cabinet", models.CASCADE, related_name="shelves")),
    ],
)
TABLES = {"furniture_cabinet", "furniture_shelf"}


def state_after(*operations: Operation) -> ProjectState:
    state = ProjectState()
    assert state.apps  # rendered, as it is while migrations run
    for operation in operations:
        operation.state_forwards("furniture", state)
    return state


def test_the_models_are_those_of_single_steps() -> None:
    together, apart = state_after(CreateModels([CABINET, SHELF])), state_after(CABINET, SHELF)
    assert together == apart
    assert together.apps.get_model("furniture.cabinet")._meta.get_field("shelves")


def test_they_are_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[int] = []
    render = StateApps.render_multiple

    def count(self: StateApps, states: list[object]) -> None:
        rendered.append(len(states))
        render(self, states)

    monkeypatch.setattr(StateApps, "render_multiple", count)
    assert state_after(CreateModels([CABINET, SHELF])).apps
    assert rendered == [0, 2]


@pytest.mark.django_db(transaction=True)
def test_their_tables_come_and_go() -> None:
    step, before = CreateModels([CABINET, SHELF]), ProjectState()
    after = state_after(step)
    with connection.schema_editor() as editor:
        step.database_forwards("furniture", editor, before, after)
    assert set(connection.introspection.table_names()) >= TABLES
    with connection.schema_editor() as editor:
        step.database_backwards("furniture", editor, after, before)
    assert not TABLES & set(connection.introspection.table_names())
