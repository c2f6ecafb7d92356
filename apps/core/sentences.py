"""Words of ours as they stand inside a sentence."""


def inside(words: str) -> str:
    """A label or sentence that goes on another: "Member ID" as "member ID"; "ZIP", "NPI" and "X12" stay."""
    return words if words[1:2].isupper() or words[1:2].isdigit() else words[:1].lower() + words[1:]
