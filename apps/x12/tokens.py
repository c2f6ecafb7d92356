"""Bytes to segment texts, a piece of the file at a time: no loop over characters, and no more than a piece in memory."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from io import BytesIO
from typing import BinaryIO

from apps.x12.delimiters import ISA_LENGTH, LONGEST_ISA, Delimiters, detect

PIECE = 1 << 16  # bytes; larger ones fall out of the processor's cache
# No guide comes near: a binary attachment (BIN, BDS) is no part of any transaction that is read here.
LONGEST_SEGMENT = 1 << 16
_ISA = re.compile(r"ISA(?=[^A-Za-z0-9 \r\n])")
# What says nothing between a terminator and the next ISA, or the file's end: white space, control characters (Ctrl-Z and NUL end a
# file or fill it up), and the byte order mark of a file that was joined to another, also where its bytes are read as Latin-1.
_GAP = "".join(map(chr, range(33))) + "\x7f\xa0\ufeffï»¿"
_OPENING = 40  # characters that tell a person what a file is


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive whole segments of one interchange. `first` is the file-wide number of the first of them; empty segments do
    not count.

    `begins`: the first segment is the ISA. `is_padded`: somewhere a value is filled up with spaces, which mean nothing
    (X12.6 3.5). `is_endless`: what follows is no segment, being longer than any, and was left out. `is_behind_damage`: before the
    ISA stands another that is none, with which all up to this one was left out.
    """

    delimiters: Delimiters
    segments: list[str]
    first: int
    begins: bool
    is_padded: bool
    is_endless: bool = False
    is_behind_damage: bool = False


def blocks(source: bytes | BinaryIO) -> Iterator[Block]:
    """The file's interchanges in pieces, each cut by its own delimiters. What stands before the first ISA, or has no legal ISA,
    is left out.
    """
    return Tape(source).blocks()


def pieces(file: BinaryIO) -> Iterator[str]:
    """UTF-8 (also with a byte order mark) as far as it is that, then Latin-1, in which every byte is a character; UTF-16 by its
    mark.
    """
    opening = file.read(PIECE)
    while 0 < len(opening) < len(codecs.BOM_UTF8) and (more := file.read(PIECE)):
        opening += more
    if opening.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        while opening:
            yield decoder.decode(opening)
            opening = file.read(PIECE)
        return
    data = opening.removeprefix(codecs.BOM_UTF8) or file.read(PIECE)
    utf_8 = True
    while data:
        following = file.read(PIECE)
        rest = b""
        if utf_8:
            try:
                text = data.decode()
            except UnicodeDecodeError as error:
                # A character may have been cut in two by the piece's end.
                utf_8 = bool(following) and error.reason == "unexpected end of data"
                rest = data[error.start :] if utf_8 else b""
                text = data[: error.start].decode() if utf_8 else data.decode("latin-1")
        else:
            text = data.decode("latin-1")
        yield text
        data = rest + following


class Tape:
    """What has been read and not yet cut, and where in the file it stands. `opening` is how the file begins."""

    def __init__(self, source: bytes | BinaryIO) -> None:
        self._pieces = pieces(BytesIO(source) if isinstance(source, bytes) else source)
        self.opening = ""
        self._text = ""
        self._is_whole = False
        self._number = 1
        self._is_behind_damage = False

    def blocks(self) -> Iterator[Block]:
        while delimiters := self._next_isa():
            yield from self._interchange(delimiters)

    def _more(self) -> bool:
        """Reads on; False at the file's end."""
        following = next(self._pieces, None)
        self._is_whole = following is None
        self._text += following or ""
        if len(self.opening) < _OPENING:
            self.opening = (self.opening + (following or ""))[:_OPENING]
        return not self._is_whole

    def _next_isa(self) -> Delimiters | None:
        """The delimiters of the next legal ISA, with which the text then begins; None if the file holds no more."""
        at = 0
        while True:
            match = _ISA.search(self._text, at)
            at = match.start() if match else max(len(self._text) - 3, 0)
            if match is None or len(self._text) - at < LONGEST_ISA:
                # "ISA" and what follows it may stand on both sides of the cut.
                self._text, at = self._text[at:], 0
                if self._more():
                    continue
                if match is None:
                    return None
            if delimiters := detect(self._text, at):
                self._text = self._text[at:]
                return delimiters
            self._is_behind_damage = True
            at += 3

    def _interchange(self, delimiters: Delimiters) -> Iterator[Block]:
        begins = True
        gap = _gap(delimiters)
        following = _Following.SEGMENTS
        while following is _Following.SEGMENTS:
            raw, following = self._take(delimiters.segment, gap, begins=begins)
            text = _unwrapped(raw, delimiters).rstrip(gap)
            segments = _cut(text, delimiters)
            is_endless = following is _Following.NOISE
            if segments or is_endless:
                padded = _is_padded(text[ISA_LENGTH:] if begins else text, delimiters)
                yield Block(
                    delimiters, segments, self._number, begins, padded, is_endless, begins and self._is_behind_damage
                )
                begins = self._is_behind_damage = False
            self._number += len(segments)

    def _take(self, mark: str, gap: str, *, begins: bool) -> tuple[str, "_Following"]:
        """The whole segments at hand, and what follows them."""
        while (end := self._text.rfind(mark) + 1) == 0 and len(self._text) < LONGEST_SEGMENT and self._more():
            pass
        at_hand, is_whole = len(self._text), self._is_whole
        following = _Following.SEGMENTS
        if (isa := self._following_isa(mark, gap, 1 if begins else 0, at_hand)) is not None:
            end, following = isa, _Following.ISA
        elif end == 0 and is_whole:
            end, following = at_hand, _Following.NOTHING
        elif end == 0:
            self._text, following = self._text[at_hand - 3 :], _Following.NOISE
        text, self._text = self._text[:end], self._text[end:]
        return text, following

    def _following_isa(self, mark: str, gap: str, start: int, stop: int) -> int | None:
        """Where the next interchange begins between these places, if it does: an ISA can only follow a terminator, or begin a line
        behind other text. A damaged one is left to the interchange before it, by whose delimiters what follows can be read.

        The text behind `stop`, read on to judge the last one, is searched with what follows it: else noise of ISAs would be read to
        the file's end at once.
        """
        at = self._text.find("ISA", start, stop)
        while at >= 0:
            end = at
            while end and self._text[end - 1] in gap:
                end -= 1
            # The text at hand begins after a terminator.
            follows = not end or self._text[end - 1] == mark or self._text[at - 1] in "\r\n"
            if follows and _ISA.match(self._text, at):
                while len(self._text) - at < LONGEST_ISA and self._more():
                    pass
                if detect(self._text, at):
                    return at
            at = self._text.find("ISA", at + 3, stop)
        return None


class _Following(Enum):
    SEGMENTS = auto()
    ISA = auto()
    NOTHING = auto()
    NOISE = auto()


def _unwrapped(text: str, delimiters: Delimiters) -> str:
    """Newlines that are no delimiter are transport (after each segment, or every 80 columns) and belong to no value."""
    declared = (delimiters.element, delimiters.component, delimiters.repetition, delimiters.segment)
    for newline in "\r\n":
        if newline in text and newline not in declared:  # to look first is much faster than to replace nothing
            text = text.replace(newline, "")
    return text


def _gap(delimiters: Delimiters) -> str:
    declared = (delimiters.element, delimiters.component, delimiters.repetition, delimiters.segment)
    return "".join(character for character in _GAP if character not in declared)


def _cut(text: str, delimiters: Delimiters) -> list[str]:
    segments = text.split(delimiters.segment)
    if " " in text and (f"{delimiters.segment} " in text or text.startswith(" ")):
        segments = [segment.lstrip(" \t") for segment in segments]
    if not segments[-1]:
        segments.pop()
    return segments if all(segments) else [segment for segment in segments if segment]


def _is_padded(text: str, delimiters: Delimiters) -> bool:
    element = delimiters.element
    return " " in text and any(pair in text for pair in (f" {element}", f"{element} ", f" {delimiters.segment}"))
