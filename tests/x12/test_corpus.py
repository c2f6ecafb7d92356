"""Every file of an outside collection is read without a crash. Its folder is named by X12_CORPUS."""

import os
from collections import Counter
from pathlib import Path

import pytest

from apps.x12 import explain, read
from apps.x12.guides.parts import StructuralTransaction

FOLDER = os.environ.get("X12_CORPUS", "")
FILES = (
    sorted(file for file in Path(FOLDER).rglob("*") if file.is_file() and file.name != "README.md") if FOLDER else []
)

pytestmark = pytest.mark.skipif(not FILES, reason="X12_CORPUS names no folder of outside X12 files")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_an_outside_file_is_read_or_its_errors_are_named(file: Path) -> None:
    data = file.read_bytes()
    document = read(data)
    assert document.interchanges
    assert all(transaction.body or transaction.errors for transaction in document.transactions)
    assert all(error.message and error.place for error in document.errors)
    numbers = [segment.number for segment in explain(data)]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.long
def test_most_outside_transactions_of_our_guides_are_typed() -> None:
    kinds: Counter[bool] = Counter()
    for file in FILES:
        for transaction in read(file.read_bytes()).transactions:
            if transaction.version.startswith(
                ("005010X222", "005010X221", "005010X231", "005010X214", "005010X279", "005010X212")
            ):
                kinds[transaction.body is not None and not isinstance(transaction.body, StructuralTransaction)] += 1
    assert kinds[True] > 100
    assert kinds[False] == 0
