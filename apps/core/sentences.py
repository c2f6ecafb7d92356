"""Words of ours as they stand inside a sentence."""


def inside(words: str) -> str:
    """A label or sentence that goes on another: "Member ID" as "member ID"; "ZIP" and "NPI" stay."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
