"""`python -m apps.x12 read FILE... [--jsonl]` and `explain FILE`. Exit status: 0 clean, 1 errors in a file, 2 usage."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from apps.x12.envelope import Transaction
from apps.x12.errors import ReadError
from apps.x12.explain import explain
from apps.x12.lines import JsonLines, json_document
from apps.x12.reader import read
from apps.x12.walk import stream


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m apps.x12", description="Read X12 files of a medical practice.")
    commands = parser.add_subparsers(dest="command", required=True)
    reading = commands.add_parser("read", help="one JSON document a file: what is in it, and what is wrong with it")
    reading.add_argument("files", nargs="+", type=Path, metavar="FILE")
    reading.add_argument(
        "--jsonl", action="store_true", help="a JSON line a claim, transaction and error, in memory that does not grow"
    )
    explaining = commands.add_parser("explain", help="each segment with its name")
    explaining.add_argument("file", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        # JSON is UTF-8 wherever it is printed; a file's name may be no text at all.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        if options.command == "explain":
            return _explain(options.file)
        return _read(options.files, as_lines=options.jsonl)
    except BrokenPipeError:
        # Who reads our output has seen enough (`| head`); Python's own flush at exit must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        _name_missing(error)
        return 2


def _read(files: Sequence[Path], *, as_lines: bool) -> int:
    """The verdict on all files comes last, apart from the JSON. One that cannot be opened keeps no other from being read."""
    seen: Counter[str] = Counter()
    is_missing = False
    for file in files:
        try:
            read_file = _read_lines(file) if as_lines else _read_whole(file)
        except BrokenPipeError:
            raise
        except OSError as error:
            _name_missing(error)
            is_missing = True
        else:
            seen.update({"files": 1} | read_file)
    if seen:
        print(", ".join(f"{name}: {number}" for name, number in seen.items()), file=sys.stderr)
    if is_missing:
        return 2
    return 1 if seen["errors"] else 0


def _name_missing(error: OSError) -> None:
    print(f"{error.filename}: {error.strerror}.", file=sys.stderr)


def _read_whole(file: Path) -> dict[str, int]:
    with file.open("rb") as source:
        document = read(source)
    print(json_document(document, str(file)))
    return {"transactions": sum(1 for _ in document.transactions), "errors": len(document.errors)}


def _read_lines(file: Path) -> dict[str, int]:
    transactions = errors = 0
    lines = JsonLines(str(file))
    with file.open("rb") as source:
        for event in stream(source):
            for line in lines.of(event):
                print(line)
            if isinstance(event, Transaction):
                transactions += 1
                errors += len(event.errors)
            errors += isinstance(event, ReadError)
    return {"transactions": transactions, "errors": errors}


def _explain(file: Path) -> int:
    empty = True
    with file.open("rb") as source:
        for segment in explain(source):
            empty = False
            print(f"{segment.number:>6}  {'  ' * segment.depth}{_printable(segment.raw)}  [{segment.name}]")
    if empty:
        print(f"{file}: the file holds no X12 interchange.", file=sys.stderr)
    return int(empty)


def _printable(text: str) -> str:
    """What would steer a terminal is shown by its number."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)


if __name__ == "__main__":
    sys.exit(main())
