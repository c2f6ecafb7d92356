"""What a file that a person uploads really is, by its bytes, and whether it would do something when it is opened.

Taken are PDF (ISO 32000), PNG, JPEG and TIFF: what a scanner, a fax server and a payer's portal give. Their names are not believed.
"""

import re
import zlib

PDF = "application/pdf"
_IMAGES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}
ENDINGS = {PDF: "pdf", "image/png": "png", "image/jpeg": "jpg", "image/tiff": "tif"}
# Actions and containers of ISO 32000-1, 7.11.4, 12.6.4 and 12.7: scripts, programs, files inside the file, forms that send.
_ACTIVE = frozenset(
    {
        b"JavaScript",
        b"Launch",
        b"EmbeddedFile",
        b"EmbeddedFiles",
        b"RichMedia",
        b"SubmitForm",
        b"ImportData",
        b"XFA",
    }
)
_NAME = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]{1,127})")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
# Beside plain deflation an object stream has no use for another filter, a predictor or its short name.
_MORE_FILTERS = frozenset(
    {b"DecodeParms", b"DP", b"F", b"ASCII85Decode", b"A85", b"ASCIIHexDecode", b"AHx", b"LZWDecode", b"LZW", b"RL"}
    | {b"RunLengthDecode", b"Crypt", b"Fl"}
)
# A dictionary before its stream is short; a file whose objects unpack to more than this is no document of a claim.
_LONGEST_DICTIONARY = 4096
_MOST_UNPACKED = 64 * 1024 * 1024


class UnacceptableDocumentError(Exception):
    """The file is not kept. The message says why, for the person who chose it."""


def media_type_of(payload: bytes) -> str:
    """Raises UnacceptableDocumentError for what is none of the four kinds, is locked, or holds active content."""
    if not payload:
        raise UnacceptableDocumentError("The file is empty.")
    if payload.startswith(b"%PDF-"):
        _require_passive(payload)
        return PDF
    for beginning, media_type in _IMAGES.items():
        if payload.startswith(beginning):
            return media_type
    raise UnacceptableDocumentError("This is no PDF, PNG, JPEG or TIFF. Print or scan it to a PDF and choose that.")


def _require_passive(payload: bytes) -> None:
    if b"Encrypt" in _names(payload):
        raise UnacceptableDocumentError(
            "The PDF is locked, so nobody can look into it. Print it to a new PDF and choose that."
        )
    parts = [payload, *_packed_objects(payload)]
    if any(_ACTIVE & _names(part) for part in parts):
        raise UnacceptableDocumentError(
            "The PDF holds a script, a form that sends, or another file inside it. Print it to a new PDF and choose that."
        )


def _names(content: bytes) -> set[bytes]:
    """Also those written with #xx (ISO 32000-1, 7.3.5), so that none hides behind an escape."""
    return {_unescaped(name) for name in _NAME.findall(content)}


def _unescaped(name: bytes) -> bytes:
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), name)


def _packed_objects(payload: bytes) -> list[bytes]:
    """What its object streams (7.5.7) hold: dictionaries that a reader of the plain bytes does not see."""
    found, room = [], _MOST_UNPACKED
    for begin in _STREAM.finditer(payload):
        dictionary = payload[max(0, begin.start() - _LONGEST_DICTIONARY) : begin.start()].rpartition(b"obj")[2]
        names = _names(dictionary)
        if b"ObjStm" not in names:
            continue
        if names & _MORE_FILTERS:
            raise UnacceptableDocumentError(_TOO_PACKED)
        unpacked = _inflated(payload[begin.end() :], room) if b"FlateDecode" in names else payload[begin.end() :]
        room -= len(unpacked)
        found.append(unpacked)
    return found


_TOO_PACKED = "The PDF is packed so that nobody can look through it. Print it to a new PDF and choose that."


def _inflated(packed: bytes, room: int) -> bytes:
    engine = zlib.decompressobj()
    try:
        unpacked = engine.decompress(packed, max(1, room))
    except zlib.error:
        raise UnacceptableDocumentError(_TOO_PACKED) from None
    if engine.unconsumed_tail or not room:
        raise UnacceptableDocumentError(_TOO_PACKED)
    return unpacked
