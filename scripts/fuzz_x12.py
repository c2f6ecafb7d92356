"""Feeds the X12 reader with what a fuzzer makes of real files, and stops at the first exception. Commands: docs/x12.md.

It asserts that reading, explaining and showing as JSON never raise, that every error says what is wrong, that a transaction of which
nothing could be made has an error, and that a file read in pieces says what it says as a whole.
"""

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
with atheris.instrument_imports(include=["apps.x12"]):
    from apps.x12 import ReadError, Transaction, explain, read, stream
    from apps.x12.lines import JsonLines, json_document


class BrokenRuleError(Exception):
    """The reader did not raise, but what it said is not enough."""


def one_input(data: bytes) -> None:
    document = read(data)
    json_document(document, "")
    for _segment in explain(data):
        pass
    if streamed_errors(data) != document.errors:
        raise BrokenRuleError("The stream has other errors than the whole.")
    if not document.interchanges and not document.errors:
        raise BrokenRuleError("Nothing was read and no error says so.")
    if any(not error.message or (error.segment and not error.place) for error in document.errors):
        raise BrokenRuleError("An error says too little.")
    if any(transaction.body is None and not transaction.errors for transaction in document.transactions):
        raise BrokenRuleError("A transaction is unread and no error says so.")


def streamed_errors(data: bytes) -> tuple[ReadError, ...]:
    found: list[ReadError] = []
    lines = JsonLines("")
    for event in stream(data):
        for _line in lines.of(event):
            pass
        if isinstance(event, Transaction):
            found.extend(event.errors)
        elif isinstance(event, ReadError):
            found.append(event)
    return tuple(found)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
