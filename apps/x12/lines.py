"""Records as JSON lines: one for each claim (with `claim_control_number`), each other transaction and each error."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from apps.x12.envelope import Transaction
from apps.x12.errors import ReadError
from apps.x12.guides.ta1 import InterchangeAcknowledgment
from apps.x12.guides.x277ca import ClaimAcknowledgment, ClaimStatus
from apps.x12.guides.x835 import Remittance, RemittedClaim
from apps.x12.guides.x837p import Claim, ClaimBatch
from apps.x12.walk import Event


def json_lines(event: Event, file: str) -> Iterator[str]:
    """The lines of one event of the reader. Money is text, so that no reader makes it a float; dates are ISO 8601."""
    for values in _of_event(event):
        yield json.dumps({"file": file, **values}, default=_plain, ensure_ascii=False)


def _of_event(event: Event) -> Iterator[dict[str, Any]]:
    match event:
        case Transaction():
            yield from _of_transaction(event)
        case ReadError():
            yield {"record": "error", "place": event.place, **asdict(event)}
        case InterchangeAcknowledgment():
            yield {"record": "interchange_acknowledgment", **asdict(event)}


def _of_transaction(transaction: Transaction) -> Iterator[dict[str, Any]]:
    place = {
        "interchange": transaction.interchange,
        "group": transaction.group,
        "transaction": transaction.control_number,
        "guide": f"{transaction.code} {transaction.version}",
    }
    body, claims = _apart(transaction)
    yield {"record": "transaction", **place, "body": asdict(body) if body else None}
    for claim in claims:
        yield {"record": "claim", **place, "claim_control_number": claim.control_number, **asdict(claim)}
    for error in transaction.errors:
        yield {"record": "error", "place": error.place, **asdict(error)}


def _apart(transaction: Transaction) -> tuple[Any, tuple[Claim | RemittedClaim | ClaimStatus, ...]]:
    """The body without its claims, and the claims."""
    match transaction.body:
        case ClaimBatch() as body:
            return replace(body, claims=()), body.claims
        case Remittance() as body:
            return replace(body, claims=()), body.claims
        case ClaimAcknowledgment() as body:
            bare = tuple(
                replace(receiver, providers=tuple(replace(provider, claims=()) for provider in receiver.providers))
                for receiver in body.receivers
            )
            return replace(body, receivers=bare), tuple(body.claims)
        case body:
            return body, ()


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
