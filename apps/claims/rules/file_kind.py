"""What a file is, from its content. Clearinghouses name files as they please."""

from apps.x12.tokens import blocks

UNREADABLE = "unreadable"


def file_kind(payload: bytes) -> str:
    """999, 277CA, 277, 835, 271 ... by its first transaction, TA1 for an interchange without one, else "unreadable".

    What stands before the first ISA (a byte order mark, a mail's heading) does not matter. A first transaction suffices: a file of
    several kinds is not a thing that receivers write.
    """
    group_version, acknowledges = "", False
    for block in blocks(payload):
        for segment in block.segments:
            parts = segment.split(block.delimiters.element)
            if parts[0] == "GS":
                group_version = parts[8] if len(parts) > 8 else ""
            elif parts[0] == "ST" and len(parts) > 1:
                return _kind(parts[1], parts[3] if len(parts) > 3 else group_version)
            acknowledges = acknowledges or parts[0] == "TA1"
    return "TA1" if acknowledges else UNREADABLE


def _kind(code: str, version: str) -> str:
    return "277CA" if code == "277" and "X214" in version else code[:20]
