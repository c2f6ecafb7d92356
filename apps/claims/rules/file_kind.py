"""What a file is, from its content. Clearinghouses name files as they please."""

UNREADABLE = "unreadable"


def file_kind(payload: bytes) -> str:
    """999, 277CA, 277, 835, 271 ... by its first transaction, TA1 for an interchange without one, else "unreadable".

    A first transaction suffices: a file of several kinds is not a thing that receivers write.
    """
    text = payload.decode("latin-1").lstrip()
    if not text.startswith("ISA") or len(text) < 106:
        return UNREADABLE
    element, terminator = text[3], text[105]
    group_version, acknowledges = "", False
    for raw in text.split(terminator):
        parts = raw.strip("\r\n").split(element)
        if parts[0] == "GS":
            group_version = parts[8] if len(parts) > 8 else ""
        elif parts[0] == "ST" and len(parts) > 1:
            return _kind(parts[1], parts[3] if len(parts) > 3 else group_version)
        acknowledges = acknowledges or parts[0] == "TA1"
    return "TA1" if acknowledges else UNREADABLE


def _kind(code: str, version: str) -> str:
    return "277CA" if code == "277" and "X214" in version else code
