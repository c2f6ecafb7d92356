"""Every typed record says at which segment of the file it stands, so that whatever is made of it can name the place."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from apps.x12 import read
from apps.x12.guides.parts import ProcedureCode
from apps.x12.guides.statuses import StatusCode
from tests.x12.test_golden import written

# Parts of an element, whose segment is that of the record which holds them.
_COMPOSITES = (ProcedureCode, StatusCode)


def records(value: Any) -> Iterator[Any]:
    """The record and all that are in it."""
    if isinstance(value, tuple):
        for item in value:
            yield from records(item)
    elif is_dataclass(value):
        yield value
        for column in fields(value):
            yield from records(getattr(value, column.name))


@pytest.mark.parametrize("name", sorted(written()))
def test_every_record_names_its_segment(name: str) -> None:
    data = written()[name]
    document = read(data)
    bodies = [transaction.body for transaction in document.transactions] + list(document.acknowledgments)
    last = data.count(b"~")
    found = [record for body in bodies for record in records(body) if not isinstance(record, _COMPOSITES)]
    assert [record for record in found if not 0 < record.segment <= last] == []
    assert found
