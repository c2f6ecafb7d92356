"""A file's bytes into the remittances that we post, and a sentence about all that we do not."""

from dataclasses import dataclass

from apps.x12 import ErrorKind, Transaction, read
from apps.x12.guides.x835 import Remittance

GUIDE = "005010X221A1"
_NAMES = {
    "835": "a remittance",
    "837": "a claim file",
    "999": "an acknowledgement",
    "997": "an acknowledgement",
    "277": "a claim status",
    "271": "an eligibility answer",
    "270": "an eligibility inquiry",
}
# A 4010 envelope still says 835; these can be told without looking at a claim.
_ENVELOPE = frozenset({ErrorKind.BAD_ENVELOPE, ErrorKind.COUNT_MISMATCH, ErrorKind.CONTROL_MISMATCH})


@dataclass(frozen=True, slots=True)
class ReadFile:
    """`problem` is empty for a file that holds remittances only. It names versions and places, no patient."""

    remittances: tuple[Remittance, ...]
    problem: str


def read_file(data: bytes) -> ReadFile:
    """Never raises. Transactions of another guide or version, and remittances without a readable payment, are refused by name."""
    document = read(data)
    remittances = []
    refused = []
    for transaction in document.transactions:
        if isinstance(transaction.body, Remittance):
            remittances.append(transaction.body)
        else:
            refused.append(_refusal(transaction))
    if not remittances and not refused:
        return ReadFile((), "This is not X12: the file holds no interchange with a transaction.")
    return ReadFile(tuple(remittances), " ".join(dict.fromkeys(refused)))


def _refusal(transaction: Transaction) -> str:
    if transaction.code == "835" and transaction.version.startswith("005010"):
        reasons = [error for error in transaction.errors if error.kind not in _ENVELOPE]
        place = f" ({reasons[0].place})" if reasons else ""
        return f"The payment of remittance {transaction.control_number} cannot be read{place}."
    name = _NAMES.get(transaction.code, "a transaction")
    version = transaction.version or "no version"
    return f"It holds {name} ({transaction.code} {version}); remittances are read in version {GUIDE}."
