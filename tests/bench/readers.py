"""What reads a remittance, ours and others'. Each takes the file's bytes and returns how many claims it found, or 0 where it does
not say.
"""

import tempfile
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

from apps.x12 import stream
from apps.x12.guides.x835 import ProviderAdjustment, Remittance, RemittedClaim, claim_imbalances


class UnbalancedError(Exception):
    """The generated file balances on all three levels; a reader that finds otherwise read wrong."""


def throughline(data: bytes) -> int:
    """Typed records with Decimal, and the balances of every line, every claim and the payment."""
    claims = 0
    total = stated = Decimal()
    for event in stream(BytesIO(data)):
        if isinstance(event, RemittedClaim):
            claims += 1
            total += event.paid
            if claim_imbalances(event):
                raise UnbalancedError
        elif isinstance(event, ProviderAdjustment):
            total -= event.amount
        elif isinstance(event, Remittance):
            stated = event.amount
    if total != stated:
        raise UnbalancedError
    return claims


def bytes_split(data: bytes) -> int:
    """The floor: no reading at all."""
    data.split(b"~")
    return 0


def oxedi_stream(data: bytes) -> int:
    """As it comes: one batch of column tables for the whole transaction, none of its values taken."""
    import oxedi

    for _batch in oxedi.stream(data):
        pass
    return 0


def oxedi_by_claim(data: bytes) -> int:
    """A batch for each claim, as ours gives them; none of its values taken."""
    import oxedi

    return sum(1 for _batch in oxedi.stream(data, by="2100"))


def openx12(data: bytes) -> int:
    from openx12 import x835

    return len(x835.parse(data.decode()).claims)


def edi_835_parser(data: bytes) -> int:
    from edi_835_parser import parse

    with tempfile.NamedTemporaryFile(suffix=".835") as file:
        Path(file.name).write_bytes(data)
        return sum(len(transaction.claims) for transaction in parse(file.name))


def pyx12(data: bytes) -> int:
    """It validates against the guide's map, which none of the others does."""
    from pyx12 import params, x12n_document

    x12n_document.x12n_document(params.params(None), StringIO(data.decode()), None, None)
    return 0
