"""Bytes to interchanges' segment texts. No loop over characters: each interchange is cut by its own terminator."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from apps.x12.delimiters import ISA_LENGTH, Delimiters, detect


@dataclass(frozen=True, slots=True)
class Chunk:
    """One interchange's text, cut into segments. `first` is the file-wide number of its ISA; empty segments do not
    count.

    `is_padded`: somewhere a value is filled up with spaces, which mean nothing (X12.6 3.5).
    """

    delimiters: Delimiters
    segments: list[str]
    first: int
    is_padded: bool


def decode(data: bytes) -> str:
    """UTF-8 (also with a byte order mark), UTF-16 by its mark, else Latin-1, in which every byte is a character."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1").removeprefix("\xef\xbb\xbf")


def chunks(data: bytes) -> Iterator[Chunk]:
    """The file's interchanges, each with its own delimiters. What stands before the first ISA or has no legal ISA is
    left out.
    """
    text = decode(data)
    start = _first_isa(text)
    number = 1
    while 0 <= start < len(text):
        delimiters = detect(text, start)
        if delimiters is None:
            start = text.find("ISA", start + 3)
            continue
        end = _next_isa(text, start, delimiters)
        interchange = text[start:end]
        segments = _cut(interchange, delimiters)
        yield Chunk(delimiters, segments, number, _is_padded(interchange, delimiters))
        number += len(segments)
        start = end


def _first_isa(text: str) -> int:
    match = re.search(r"ISA(?=[^A-Za-z0-9 \r\n])", text)
    return match.start() if match else -1


def _next_isa(text: str, start: int, delimiters: Delimiters) -> int:
    """Where the next interchange begins: an ISA can only follow a terminator."""
    pattern = re.compile(re.escape(delimiters.segment) + r"[ \t\r\n]*ISA(?=[^A-Za-z0-9 \r\n])")
    match = pattern.search(text, start)
    return match.end() - 3 if match else len(text)


def _cut(text: str, delimiters: Delimiters) -> list[str]:
    """Newlines that are no delimiter are transport (after each segment, or every 80 columns) and belong to no value."""
    declared = (delimiters.element, delimiters.component, delimiters.repetition, delimiters.segment)
    for newline in "\r\n":
        if newline not in declared:
            text = text.replace(newline, "")
    segments = text.split(delimiters.segment)
    if f"{delimiters.segment} " in text:
        segments = [segment.lstrip(" \t") for segment in segments]
    return [segment for segment in segments if segment]


def _is_padded(text: str, delimiters: Delimiters) -> bool:
    body = text[ISA_LENGTH:]
    element = delimiters.element
    return any(pair in body for pair in (f" {element}", f"{element} ", f" {delimiters.segment}"))
