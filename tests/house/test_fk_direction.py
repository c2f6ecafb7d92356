"""import-linter cannot see ForeignKey("app.Model"); this can."""

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

FLOW = [
    {"core", "sandbox"},
    {"audit"},
    {"practice"},
    {"worklist"},
    {"connectors"},
    {"intake"},
    {"ledger"},
    {"eligibility"},
    {"claims"},
    {"remittances"},
    {"denials", "patient_balances"},
    {"reports"},
    {"workspace"},
    {"automations"},
]
RANK = {label: place for place, labels in enumerate(FLOW) for label in labels}
BARE = (models.IntegerField, models.BigIntegerField, models.UUIDField)


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in RANK]


def test_every_app_of_ours_has_a_floor():
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("apps.")}
    assert ours <= set(RANK)


def test_rows_point_down_only():
    wrong = []
    for model in our_models():
        for field in model._meta.get_fields():
            if not field.is_relation or (field.auto_created and not field.concrete):
                continue
            if field.related_model is None:
                wrong.append(f"{model._meta.label}.{field.name} is generic")
                continue
            target = field.related_model._meta.app_label
            label = model._meta.app_label
            if target in RANK and target != label and RANK[target] >= RANK[label]:
                wrong.append(f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}")
    assert wrong == []


def test_no_key_is_generic_or_a_bare_number():
    wrong = []
    for model in our_models():
        wrong += [
            f"{model._meta.label}.{field.name}"
            for field in model._meta.private_fields
            if isinstance(field, GenericForeignKey)
        ]
        for field in model._meta.concrete_fields:
            named_as_key = field.name.endswith("_id") or field.name in {"object_pk", "content_type"}
            if named_as_key and isinstance(field, BARE) and not field.is_relation:
                wrong.append(f"{model._meta.label}.{field.name}")
    assert wrong == []
