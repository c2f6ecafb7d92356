"""An answer file that lacks an end: where it is cut off or lacks one in its midst, and what stands whole in it.

The record that was open where the end is missing may lack a status, a reason, or the word that turns its meaning: nothing is taken of
it. Nor is what an open receiver or provider says of all its claims, since those that would have been listed are not known.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from apps.x12 import Document, ErrorKind, InterchangeAcknowledgment, ReadError, Transaction
from apps.x12.guides.x277 import ClaimStatusResponse, PatientStatus, SourceStatus
from apps.x12.guides.x277 import ProviderStatus as InquiredProvider
from apps.x12.guides.x277 import ReceiverStatus as Inquirer
from apps.x12.guides.x277ca import ClaimAcknowledgment, ProviderStatus, ReceiverStatus

_CUT, _LACKS, _NOTHING = "It is cut off", "The end (", "Nothing in it is whole."
_END = {"SE": ErrorKind.MISSING_SEGMENT, "GE": ErrorKind.BAD_ENVELOPE, "IEA": ErrorKind.BAD_ENVELOPE}
Piece = TypeVar("Piece")


def cut_sentence(document: Document, *, taken: bool) -> str:
    """What a person is told, without patient data; "" of a file that has its ends. `taken`: whether anything in it was whole.

    The first place where an end is missing is named. A file that goes on behind it says so, and whether it is cut off further on.
    """
    places = _places(document)
    if not places:
        return ""
    begun = (document.interchanges, document.transactions, document.acknowledgments)
    last_begun = max((each.segment for kind in begun for each in kind), default=0)
    first, *others = places
    if _is_cut_off(first, last_begun):
        inside = f", in transaction {first[0].transaction}," if first[0].transaction else ""
        what = "What stands whole before was taken in, nothing behind." if taken else _NOTHING
        return f"{_cut_off(first)}{inside} and its end ({first[0].expected}) is missing. {what}"
    words = [_lacking(first[0]), _taken(first[0], last_begun) if taken else _NOTHING]
    midst = [place for place in others if not _is_cut_off(place, last_begun)]
    if midst:
        words.append("1 more end is missing." if len(midst) == 1 else f"{len(midst)} more ends are missing.")
    if len(midst) < len(others):
        words.append(f"{_cut_off(others[-1])} as well.")
    return " ".join(words)


def _places(document: Document) -> list[list[ReadError]]:
    """Where ends are missing, the innermost first; that of a group is found missing only at the segment behind."""
    places: list[list[ReadError]] = []
    for error in sorted(filter(_is_cut, document.errors), key=lambda error: error.segment):
        if places and error.segment <= places[-1][-1].segment + 1:
            places[-1].append(error)
        else:
            places.append([error])
    return places


def _is_cut_off(place: Sequence[ReadError], last_begun: int) -> bool:
    return any(error.expected == "IEA" and error.segment >= last_begun for error in place)


def _cut_off(place: Sequence[ReadError]) -> str:
    return f"{_CUT} after segment {place[0].segment} ({place[0].segment_id})"


def _lacking(error: ReadError) -> str:
    of = {"SE": f"transaction {error.transaction}", "GE": "a group", "IEA": "an interchange"}[error.expected]
    side = "before" if error.expected == "GE" and error.segment_id in {"GS", "IEA"} else "after"
    return f"{_LACKS}{error.expected}) of {of} is missing {side} segment {error.segment} ({error.segment_id})."


def _taken(error: ReadError, last_begun: int) -> str:
    if error.expected != "SE":
        return "What stands whole was taken in; whether more belonged there the file does not say."
    where = "before and behind" if error.segment < last_begun else "before"
    return f"What stands whole {where} was taken in; what was open there was not."


def lacks_end(sentence: str) -> bool:
    """Whether what is said of a file is `cut_sentence`."""
    return sentence.startswith((_CUT, _LACKS))


def whole_acknowledgments(document: Document) -> Iterator[InterchangeAcknowledgment]:
    """All but one that is the last thing of a file that is cut: its note code may be half of another."""
    ends = {error.segment for error in document.errors if _is_cut(error)}
    return (each for each in document.acknowledgments if each.segment not in ends)


def whole_body(transaction: Transaction) -> object:
    """The transaction's body; of one without its end the claims that are whole. None: nothing in it is."""
    body = transaction.body
    if not any(map(_is_cut, transaction.errors)):
        return body
    if isinstance(body, ClaimAcknowledgment):
        return replace(body, receivers=_but_last(body.receivers, _of_receiver))
    if isinstance(body, ClaimStatusResponse):
        return replace(body, sources=_but_last(body.sources, _of_source))
    return None


def _is_cut(error: ReadError) -> bool:
    return _END.get(error.expected) is error.kind


def _but_last(pieces: Sequence[Piece], of_last: Callable[[Piece], tuple[Piece, ...]]) -> tuple[Piece, ...]:
    return (*pieces[:-1], *of_last(pieces[-1])) if pieces else ()


def _of_receiver(receiver: ReceiverStatus) -> tuple[ReceiverStatus, ...]:
    """Where no provider follows, the number of the file that it answers may be half of another."""
    whole = replace(receiver, statuses=(), providers=_but_last(receiver.providers, _of_provider))
    return (whole,) if receiver.providers else ()


def _of_provider(provider: ProviderStatus) -> tuple[ProviderStatus, ...]:
    return (replace(provider, statuses=(), claims=provider.claims[:-1]),)


def _of_source(source: SourceStatus) -> tuple[SourceStatus, ...]:
    return (replace(source, receivers=_but_last(source.receivers, _of_inquirer)),)


def _of_inquirer(receiver: Inquirer) -> tuple[Inquirer, ...]:
    return (replace(receiver, statuses=(), providers=_but_last(receiver.providers, _of_inquired)),)


def _of_inquired(provider: InquiredProvider) -> tuple[InquiredProvider, ...]:
    return (replace(provider, statuses=(), patients=_but_last(provider.patients, _of_patient)),)


def _of_patient(patient: PatientStatus) -> tuple[PatientStatus, ...]:
    return (replace(patient, claims=patient.claims[:-1]),)
