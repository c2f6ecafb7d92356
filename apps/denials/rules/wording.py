"""What was prepared, in a few words for the list."""

from collections.abc import Mapping
from typing import Any

from apps.denials.rules.lanes import LaneKind

# What a denial of each lane comes with (rules/prepare.py).
LANES_PREPARE = {
    LaneKind.MODIFIER: "A modifier is proposed where the claim points to one. A coder confirms it, and a corrected claim goes out.",
    LaneKind.COORDINATION: "The payer is asked about the coverage on the day of the visit, and the other plan is filled in.",
    LaneKind.CODING_REVIEW: "The lines stand side by side, with possible duplicates marked, for a coder's word.",
    LaneKind.MEDICAL_NECESSITY: "A letter is filled from the claim, with one gap for the clinical reason.",
    LaneKind.GENERAL: "The payer's remarks stand in our words. A person chooses the answer.",
}
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
