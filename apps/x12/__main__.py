"""`python -m apps.x12 read FILE... [--jsonl]` and `explain FILE`. Exit status: 0 clean, 1 errors in a file, 2 usage."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from apps.x12.envelope import Transaction
from apps.x12.errors import ReadError
from apps.x12.explain import explain
from apps.x12.lines import json_lines
from apps.x12.reader import whole_events
from apps.x12.walk import Event


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m apps.x12", description="Read X12 files of a medical practice.")
    commands = parser.add_subparsers(dest="command", required=True)
    reading = commands.add_parser("read", help="what is in each file, and what is wrong with it")
    reading.add_argument("files", nargs="+", type=Path, metavar="FILE")
    reading.add_argument("--jsonl", action="store_true", help="one JSON line a claim, transaction and error")
    explaining = commands.add_parser("explain", help="each segment with its name")
    explaining.add_argument("file", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        if options.command == "explain":
            return _explain(options.file)
        return _read(options.files, as_json=options.jsonl)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2


def _read(files: Sequence[Path], *, as_json: bool) -> int:
    total = 0
    for file in files:
        seen: Counter[str] = Counter()
        for event in whole_events(file.read_bytes()):
            seen["errors"] += _errors_of(event)
            if as_json:
                for line in json_lines(event, str(file)):
                    print(line)
            else:
                _show(event)
            seen["transactions"] += isinstance(event, Transaction)
        verdict = f"{file}: {seen['transactions']} transactions, {seen['errors']} errors"
        print(verdict, file=sys.stderr if as_json else sys.stdout)
        total += seen["errors"]
    return 1 if total else 0


def _errors_of(event: Event) -> int:
    if isinstance(event, Transaction):
        return len(event.errors)
    return int(isinstance(event, ReadError))


def _show(event: Event) -> None:
    if isinstance(event, ReadError):
        print(f"  {event}")
    elif isinstance(event, Transaction):
        kind = type(event.body).__name__ if event.body else "unreadable"
        print(f"{event.code} {event.version} {event.control_number}: {kind}, {event.segment_count} segments")
        for error in event.errors:
            print(f"  {error}")


def _explain(file: Path) -> int:
    empty = True
    for segment in explain(file.read_bytes()):
        empty = False
        print(f"{segment.number:>6}  {'  ' * segment.depth}{segment.raw}  [{segment.name}]")
    return int(empty)


if __name__ == "__main__":
    sys.exit(main())
