"""What was prepared, in a few words for the list."""

from collections.abc import Mapping
from typing import Any

_VERDICTS = {
    "active": "The payer was asked: covered",
    "inactive": "The payer was asked: not active",
    "not_found": "The payer was asked: member not found",
    "other_payer": "The payer was asked: another plan pays first",
    "unknown": "The payer was asked: no clear answer",
}


def prepared_words(prepared: Mapping[str, Any], *, verdict: str = "", confirmed: bool = False) -> str:
    match prepared.get("kind"):
        case "correction" | "coding_review" if confirmed:
            return f"Modifier {prepared['modifier']} confirmed, ready to send"
        case "correction" if prepared.get("modifier"):
            return f"Modifier {prepared['modifier']} proposed"
        case "correction":
            return "No modifier found on the claim"
        case "coding_review":
            return "Possible duplicate" if prepared.get("duplicate") else "Lines side by side"
        case "letter":
            return "Medical necessity letter"
        case "coordination":
            return _VERDICTS.get(verdict, "The payer is being asked")
    return "The payer's remarks"
