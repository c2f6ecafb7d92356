"""An answer file whose end is missing: where it is cut off, and what stands whole before that.

The record that was open when the file ended may lack a status, a reason, or the word that turns its meaning: nothing is taken of it. Nor
is what an open receiver or provider says of all its claims, since those that would have been listed are not known.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from apps.x12 import Document, ErrorKind, InterchangeAcknowledgment, ReadError, Transaction
from apps.x12.guides.x277 import ClaimStatusResponse, PatientStatus, SourceStatus
from apps.x12.guides.x277 import ProviderStatus as InquiredProvider
from apps.x12.guides.x277 import ReceiverStatus as Inquirer
from apps.x12.guides.x277ca import ClaimAcknowledgment, ProviderStatus, ReceiverStatus

_CUT = "It is cut off"
_END = {"SE": ErrorKind.MISSING_SEGMENT, "GE": ErrorKind.BAD_ENVELOPE, "IEA": ErrorKind.BAD_ENVELOPE}
Piece = TypeVar("Piece")


def cut_sentence(document: Document, *, taken: bool) -> str:
    """What a person is told, without patient data; "" of a file that has its end. `taken`: whether anything in it was whole."""
    first = min((error for error in document.errors if _is_cut(error)), key=lambda error: error.segment, default=None)
    if first is None:
        return ""
    what = "What stands whole before was taken in, nothing behind." if taken else "Nothing in it is whole."
    inside = f", in transaction {first.transaction}," if first.transaction else ""
    return f"{_CUT} after segment {first.segment} ({first.segment_id}){inside} and its end ({first.expected}) is missing. {what}"


def lacks_end(sentence: str) -> bool:
    """Whether what is said of a file is `cut_sentence`."""
    return sentence.startswith(_CUT)


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
