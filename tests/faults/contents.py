"""What stands in the rooms of a database, by content: keys and public ids, which chance and the order of work give, are no part of it."""

import hashlib
import re
from collections import Counter
from typing import Any

from django.apps import apps
from django.db import models
from psycopg import Connection
from psycopg.sql import SQL, Identifier

ROOMS = ("connectors", "remittances", "claims", "ledger", "denials", "patient_balances", "worklist", "audit")
_WORD = re.compile(r"\b[0-9a-hjkmnp-tv-z]{16}\b")
# An entry's number in the name of what it led to.
_NUMBER = re.compile(r"(?<=takes_back:)\d+|(?<=posts_again:)\d+")

Row = tuple[str, ...]


def contents(database: Connection[Any]) -> dict[str, Counter[str]]:
    """By table, its rows and how often each stands there."""
    return _Contents(database).told()


class _Contents:
    def __init__(self, database: Connection[Any]) -> None:
        found = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
        self.rows = {model: self._read(model, database) for model in found}
        self.public_ids = self._names()
        self.labels: dict[tuple[type[models.Model], Any], str] = {}

    def _read(self, model: type[models.Model], database: Connection[Any]) -> dict[Any, dict[str, Any]]:
        names = [field.attname for field in model._meta.concrete_fields if "payload" not in field.attname]
        key = model._meta.pk.attname
        columns = SQL(", ").join(Identifier(str(model._meta.get_field(name).column)) for name in names)
        found = database.execute(SQL("SELECT {} FROM {}").format(columns, Identifier(model._meta.db_table)))
        rows = [dict(zip(names, row, strict=True)) for row in found]
        return {row[key]: row for row in rows}

    def _names(self) -> dict[str, str]:
        """A payment and what it bears are told by trace number and file; all else by what refers to it."""
        names = {row["public_id"]: "@" for rows in self.rows.values() for row in rows.values() if row.get("public_id")}
        for model, rows in self.rows.items():
            if model._meta.label == "remittances.RemittancePayment":
                names |= {row["public_id"]: f"{row['trace_number']} {row['segment']}" for row in rows.values()}
        return names

    def told(self) -> dict[str, Counter[str]]:
        return {
            model._meta.label: Counter(self._label(model, key) for key in rows) for model, rows in self.rows.items()
        }

    def _label(self, model: type[models.Model], key: Any) -> str:
        known = self.labels.get((model, key))
        if known is not None:
            return known
        row = self.rows[model][key]
        told = []
        for field in model._meta.concrete_fields:
            if field.primary_key or field.name == "public_id" or field.attname not in row:
                continue
            told.append(f"{field.name}={self._value(field, row[field.attname])}")
        label = " ".join(told)
        if len(label) > 400:
            label = f"{label[:400]}... {hashlib.sha256(label.encode()).hexdigest()[:12]}"
        self.labels[model, key] = label
        return label

    def _value(self, field: "models.Field[Any, Any]", value: Any) -> str:
        target = field.related_model
        if value is not None and isinstance(target, type) and target in self.rows:
            return f"({self._label(target, value)})"
        return self._without_names(str(value))

    def _without_names(self, text: str) -> str:
        text = _WORD.sub(lambda word: self.public_ids.get(word[0], word[0]), text)
        return _NUMBER.sub("#", text)
