"""Which guide reads a transaction: by ST01 and the version that it names, else it is kept as it stands and named so."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace

from apps.x12.errors import ErrorKind
from apps.x12.feed import Feed
from apps.x12.guides import Body, Item
from apps.x12.guides.extents import WHOLE
from apps.x12.guides.parts import StructuralTransaction
from apps.x12.guides.x270.read import read_270
from apps.x12.guides.x271.read import read_271
from apps.x12.guides.x276.read import read_276
from apps.x12.guides.x277.read import read_277
from apps.x12.guides.x277ca.read import read_277ca
from apps.x12.guides.x835 import Remittance
from apps.x12.guides.x835.read import gather_835, stream_835
from apps.x12.guides.x837p import Claim, ClaimBatch
from apps.x12.guides.x837p.read import stream_837p
from apps.x12.guides.x999.read import read_999
from apps.x12.held import Held, keep_more
from apps.x12.loops import loop_of
from apps.x12.raw import RawSegment
from apps.x12.segments import Segment, UnreadableError

# Whose parts come before them, one by one.
Streamed = Remittance | ClaimBatch | StructuralTransaction

# Addenda letters (A1, A2, E1) do not change how these are read. Those whose claims come one by one:
_STREAMED: Mapping[tuple[str, str], Callable[[Segment, Feed], Generator[Item, None, Body]]] = {
    ("837", "005010X222"): stream_837p,
    ("835", "005010X221"): stream_835,
}
# Those that are read when all their segments are there, ST to the last before the SE.
_WHOLE: Mapping[tuple[str, str], Callable[[list[Segment]], Body]] = {
    ("999", "005010X231"): read_999,
    ("277", "005010X214"): read_277ca,
    ("270", "005010X279"): read_270,
    ("271", "005010X279"): read_271,
    ("276", "005010X212"): read_276,
    ("277", "005010X212"): read_277,
}
_READ = ", ".join(sorted({f"{code} {version}" for code, version in (*_STREAMED, *_WHOLE)}))
# The largest that a guide allows, a 277CA of 5,000 claims, has about a third of it. So many take about 100 MB.
MOST_SEGMENTS = 300_000
# As long as those segments are in real files.
MOST_CHARACTERS = 10_000_000

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


def read_body(st: Segment, version: str, feed: Feed) -> Generator[Item, None, Body | None]:
    """The items of the transaction that the feed stands in, and its typed body; it leaves the feed at the segment after. None:
    unreadable, errors say why.
    """
    guide = (st.text(1), version[:10])
    try:
        if streamed := _STREAMED.get(guide):
            return (yield from streamed(st, feed))
        if whole := _WHOLE.get(guide):
            segments = _all_segments(st, feed)
            st.source.notes.locate = lambda segment, missing: loop_of(*guide, _backwards_in(segments, segment), missing)
            body = whole(segments)
            _keep_the_rest(segments, WHOLE[guide])
            return body
    except UnreadableError:
        for _rest in feed.body():
            pass
        return None
    return (yield from _structural(st, version, feed))


def with_items(body: Streamed, items: Sequence[Item]) -> Streamed:
    """The body with what came before it in its place."""
    match body:
        case Remittance():
            return gather_835(body, items)
        case ClaimBatch():
            return replace(body, claims=tuple(item for item in items if isinstance(item, Claim)))
        case _:
            return replace(body, segments=tuple(item for item in items if isinstance(item, RawSegment)))


def _all_segments(st: Segment, feed: Feed) -> list[Segment]:
    """The body is walked to its end also where it is too long: the next transaction is not spoilt by this one."""
    segments = [st]
    is_too_long = False
    length = 0
    for segment in feed.body():
        length += sum(map(len, segment.elements))
        is_too_long = len(segments) >= MOST_SEGMENTS or length > MOST_CHARACTERS
        if not is_too_long:
            segments.append(segment)
    if is_too_long:
        st.note_segment(ErrorKind.TOO_LONG, "The transaction is longer than its guide allows.", "fewer segments")
        raise UnreadableError
    return segments


def _keep_the_rest(segments: Sequence[Segment], extents: Held) -> None:
    """What stands where no record has a place for it, though its guide knows it, and what says more than its record holds."""
    for segment in segments[1:]:
        if segment.number not in segment.source.notes.taken:
            segment.source.notes.keep(segment)
        else:
            keep_more(segment, extents)


def _backwards_in(segments: Sequence[Segment], number: int) -> Iterator[Sequence[str]]:
    """As `Feed.backwards`, where a transaction is in memory; nothing for a segment behind it."""
    at = number - segments[0].number
    if at < len(segments):
        yield from (segment.elements for segment in reversed(segments[: at + 1]))


def _structural(st: Segment, version: str, feed: Feed) -> Generator[Item, None, StructuralTransaction]:
    code = st.text(1)
    guide = f"{code} {version}".strip()
    kind = _KINDS.get(code, "transaction of an unknown kind")
    st.source.notes.add(
        ErrorKind.UNREAD_GUIDE,
        f"This {kind} ({guide}) is kept as it stands: its guide is not one that is read here.",
        segment=st.number,
        segment_id="ST",
        found=guide,
        expected=f"a guide of 5010 that is read here ({_READ})",
    )
    yield RawSegment(tuple(st.elements), st.number)
    for segment in feed.body():
        yield RawSegment(tuple(segment.elements), segment.number)
    return StructuralTransaction(guide, segment=st.number)
