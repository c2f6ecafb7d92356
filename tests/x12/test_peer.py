"""The money of every outside 5010 remittance is what another reader (oxedi, in Rust) finds, figure by figure with its segment.

The outside files stand in the folder that X12_CORPUS names. oxedi is used by tests only.
"""

import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import oxedi
import pytest

from apps.x12 import read
from apps.x12.guides.x835 import Remittance

FOLDER = os.environ.get("X12_CORPUS", "")
FILES = (
    sorted(file for file in (Path(FOLDER) / "835").iterdir() if b"005010X221" in file.read_bytes()) if FOLDER else []
)

pytestmark = pytest.mark.skipif(not FILES, reason="X12_CORPUS names no folder of outside 835 files")

Figure = tuple[int, str, Decimal]


def ours(data: bytes) -> Iterator[Figure]:
    """Segment, what it is, dollars."""
    for transaction in read(data).transactions:
        payment = transaction.body
        assert isinstance(payment, Remittance), transaction.errors
        assert not payment.unreadable
        yield 0, f"payment {payment.trace_number}", payment.amount
        for item in payment.provider_adjustments:
            yield item.segment, f"provider {item.reason}", item.amount
        for claim in payment.claims:
            yield claim.segment, "claim charge", claim.charge
            yield claim.segment, "claim paid", claim.paid
            for adjustment in claim.all_adjustments:
                yield adjustment.segment, f"{adjustment.group} {adjustment.reason}", adjustment.amount
            for line in claim.lines:
                yield line.segment, "line charge", line.charge
                yield line.segment, "line paid", line.paid


def theirs(data: bytes) -> Iterator[Figure]:
    tables = oxedi.parse(data).tables
    for row in rows(tables, "payments"):
        yield 0, f"payment {row['trace_number']}", Decimal(row["total_payment_amount"])
    for row in rows(tables, "provider_adjustments"):
        yield place(row), f"provider {row['reason_code']}", Decimal(row["amount"])
    for row in rows(tables, "claims"):
        yield place(row), "claim charge", Decimal(row["charge_amount"])
        yield place(row), "claim paid", Decimal(row["payment_amount"])
    for row in rows(tables, "adjustments"):
        yield place(row), f"{row['group_code']} {row['reason_code']}", Decimal(row["amount"])
    for row in rows(tables, "services"):
        yield place(row), "line charge", Decimal(row["charge_amount"])
        yield place(row), "line paid", Decimal(row["payment_amount"])


def rows(tables: "oxedi.Tables", name: str) -> list[dict[str, str]]:
    """A table by its text, which needs no other library: a title, the columns with their types, a line a row."""
    _, header, *lines = tables[name].render().strip().splitlines()
    columns = [column.partition(":")[0] for column in header.split(" | ")]
    found = [dict(zip(columns, line.split(" | "), strict=True)) for line in lines]
    assert len(found) == len(tables[name])
    return found


def place(row: dict[str, str]) -> int:
    """1-based, as ours."""
    return int(row["segment"]) + 1


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_money_is_what_another_reader_finds(file: Path) -> None:
    data = file.read_bytes()
    figures = sorted(ours(data))
    assert figures == sorted(theirs(data)) != []
