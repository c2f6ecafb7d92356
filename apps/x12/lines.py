"""Records as JSON: a whole document, or a line for each thing in the file as it is read. Money is text, so that no reader makes it
a float; dates are ISO 8601; a claim of any kind carries `claim_control_number`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from apps.x12.envelope import Document, Group, Interchange, Transaction, TransactionStart
from apps.x12.errors import ReadError
from apps.x12.guides.ta1 import InterchangeAcknowledgment
from apps.x12.guides.x277ca import ClaimAcknowledgment, ClaimStatus
from apps.x12.guides.x835 import ProviderAdjustment, ProviderSummary, RemittedClaim, UnreadableClaim
from apps.x12.guides.x837p import Claim
from apps.x12.raw import RawSegment
from apps.x12.walk import Event

_CLAIMS = (Claim, RemittedClaim, UnreadableClaim, ClaimStatus)
_RECORDS = {
    Claim: "claim",
    RemittedClaim: "claim",
    UnreadableClaim: "unreadable_claim",
    ProviderAdjustment: "provider_adjustment",
    ProviderSummary: "provider_summary",
    RawSegment: "segment",
}


def json_document(document: Document, file: str) -> str:
    """One JSON object without a newline. All errors stand in its `errors`, each with its place."""
    interchanges = [_plain(interchange) for interchange in document.interchanges]
    errors = [_plain(error) for error in document.errors]
    return _dumped({"file": file, "interchanges": interchanges, "errors": errors})


@dataclass(slots=True)
class JsonLines:
    """The lines of one file's events. A transaction's line follows the claims in it, for it ends after them; its errors follow
    it.
    """

    file: str
    interchange: str = ""
    group: str = ""
    transaction: str = ""
    guide: str = ""

    def of(self, event: Event) -> Iterator[str]:
        match event:
            case Interchange():
                self.interchange, self.group = event.control_number, ""
            case Group():
                self.group = event.control_number
            case TransactionStart():
                self.transaction, self.guide = event.control_number, f"{event.code} {event.version}"
            case Transaction():
                yield from self._transaction(event)
            case ReadError():
                yield self._line("error", event)
            case InterchangeAcknowledgment():
                yield self._line("interchange_acknowledgment", event)
            case item if record := _RECORDS.get(type(item)):
                yield self._placed(record, item)

    def _transaction(self, transaction: Transaction) -> Iterator[str]:
        body = transaction.body
        if isinstance(body, ClaimAcknowledgment):
            for claim in body.claims:
                yield self._placed("claim", claim)
            transaction = replace(transaction, body=_without_claims(body))
        values = _plain(transaction)
        yield self._placed("transaction", values | {"transaction": transaction.control_number})
        for error in transaction.errors:
            yield self._line("error", error)

    def _placed(self, record: str, values: object) -> str:
        place = {
            "interchange": self.interchange,
            "group": self.group,
            "transaction": self.transaction,
            "guide": self.guide,
        }
        return self._line(record, values, **place)

    def _line(self, record: str, values: object, **place: str) -> str:
        plain = values if isinstance(values, dict) else _plain(values)
        return _dumped({"file": self.file, "record": record, **place, **plain})


def _without_claims(body: ClaimAcknowledgment) -> ClaimAcknowledgment:
    bare = tuple(
        replace(receiver, providers=tuple(replace(provider, claims=()) for provider in receiver.providers))
        for receiver in body.receivers
    )
    return replace(body, receivers=bare)


def _dumped(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _plain(value: object) -> Any:
    """What JSON knows of a record and of all that is in it."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | time):
        return value.isoformat()
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} has no JSON form")
    return _extra(value) | {
        each.name: _plain(getattr(value, each.name)) for each in fields(value) if _is_shown(value, each.name)
    }


def _extra(record: object) -> dict[str, Any]:
    if isinstance(record, _CLAIMS):
        return {"claim_control_number": record.control_number}
    if isinstance(record, ReadError):
        return {"place": record.place}
    if isinstance(record, Transaction):
        return {"kind": type(record.body).__name__ if record.body else None}
    return {}


def _is_shown(record: object, name: str) -> bool:
    """A transaction's errors stand beside it, not in it."""
    return not (name == "errors" and isinstance(record, Transaction))
