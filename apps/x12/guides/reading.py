"""Which guide reads a transaction: by ST01 and the version that it names, else it is kept as it stands and named so."""

from collections.abc import Callable, Mapping

from apps.x12.errors import ErrorKind
from apps.x12.guides import Body
from apps.x12.guides.parts import StructuralTransaction
from apps.x12.guides.x270.read import read_270
from apps.x12.guides.x271.read import read_271
from apps.x12.guides.x277ca.read import read_277ca
from apps.x12.guides.x835.read import read_835
from apps.x12.guides.x837p.read import read_837p
from apps.x12.guides.x999.read import read_999
from apps.x12.segments import Source, UnreadableError

# Addenda letters (A1, A2, E1) do not change how these are read.
_READERS: Mapping[tuple[str, str], Callable[[list[str], int, Source], Body]] = {
    ("837", "005010X222"): read_837p,
    ("835", "005010X221"): read_835,
    ("999", "005010X231"): read_999,
    ("277", "005010X214"): read_277ca,
    ("270", "005010X279"): read_270,
    ("271", "005010X279"): read_271,
}

_KINDS = {
    "270": "eligibility inquiry",
    "271": "eligibility response",
    "276": "claim status inquiry",
    "277": "claim status response",
    "278": "authorization request or response",
    "820": "premium payment",
    "834": "enrollment",
    "835": "remittance",
    "837": "claim",
    "997": "functional acknowledgement",
    "999": "implementation acknowledgement",
}


def read_body(code: str, version: str, texts: list[str], number: int, source: Source) -> Body | None:
    """The typed body; `texts` are ST to SE, `number` is the ST's place in the file. None: unreadable, errors say
    why.
    """
    reader = _READERS.get((code, version[:10]))
    if reader is None:
        return _structural(code, version, texts, number, source)
    try:
        return reader(texts, number, source)
    except UnreadableError:
        return None


def _structural(code: str, version: str, texts: list[str], number: int, source: Source) -> StructuralTransaction:
    guide = f"{code} {version}".strip()
    kind = _KINDS.get(code, "transaction of an unknown kind")
    source.notes.add(
        ErrorKind.UNREAD_GUIDE,
        f"This {kind} ({guide}) is kept as it stands: its guide is not one that is read here.",
        segment=number,
        segment_id="ST",
        found=guide,
    )
    return StructuralTransaction(guide, tuple(tuple(source.split(text)) for text in texts), number)
