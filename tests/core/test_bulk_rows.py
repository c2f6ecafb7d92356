"""Many rows by COPY, and many keys as one array."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError, transaction

from apps.core.bulk_rows import copy_rows, new_keys
from apps.intake.models import Charge
from apps.worklist.models import WorkItem
from tests.factories.intake import ChargeFactory, EncounterFactory

pytestmark = pytest.mark.django_db


def test_rows_are_written_under_keys_that_nobody_else_gets(now: datetime, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        keys = new_keys(WorkItem, 3)
        fields = (
            "id",
            "public_id",
            "kind",
            "title",
            "owner_role",
            "url_name",
            "subject_public_id",
            "opened_at",
            "state",
            "outcome",
        )
        copy_rows(
            WorkItem,
            fields,
            [(key, f"w{key}", "k", f'A "title",\t{key}\\', "biller", "u", "s", now, "open", "") for key in keys],
        )
    assert len(set(keys)) == 3
    assert [item.title for item in WorkItem.objects.order_by("pk")] == [f'A "title",\t{key}\\' for key in keys]
    assert new_keys(WorkItem, 1)[0] not in keys
    assert new_keys(WorkItem, 0) == []


def test_a_foreign_key_and_an_array_are_written_by_their_fields_names() -> None:
    visit = EncounterFactory(charges=())
    fields = ("encounter", "source_id", "number", "procedure", "modifiers", "units", "amount", "diagnosis_pointers")
    copy_rows(Charge, fields, [(visit.pk, "a", 1, "99213", ["25", "59"], 1, Decimal("10.50"), [1, 2])])
    charge = Charge.objects.get()
    assert (charge.encounter, charge.modifiers, charge.amount) == (visit, ["25", "59"], Decimal("10.50"))


def test_any_of_finds_what_in_finds() -> None:
    charges = [ChargeFactory(encounter=EncounterFactory(charges=())) for _ in range(3)]
    keys = {charges[0].pk, charges[2].pk, -1}
    visits = [charge.encounter_id for charge in charges[1:]]
    assert (
        set(Charge.objects.filter(pk__any_of=keys))
        == set(Charge.objects.filter(pk__in=keys))
        == {
            charges[0],
            charges[2],
        }
    )
    assert set(Charge.objects.filter(encounter__any_of=visits)) == set(charges[1:])
    assert set(Charge.objects.filter(encounter__source_id__any_of=(charges[1].encounter.source_id,))) == {charges[1]}
    assert not Charge.objects.filter(pk__any_of=[]).exists()


def test_what_the_database_refuses_is_told_as_for_any_statement() -> None:
    visit = EncounterFactory(charges=())
    fields = ("encounter", "source_id", "number", "procedure", "modifiers", "units", "amount", "diagnosis_pointers")
    row = (visit.pk, "a", 1, "99213", [], 1, Decimal("10.50"), [])
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_rows(Charge, fields, [row, row])
    with pytest.raises(DataError), transaction.atomic():
        copy_rows(Charge, fields, [(*row[:3], "9" * 21, *row[4:])])
    assert not Charge.objects.exists()
