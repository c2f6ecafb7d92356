"""Names of payers as people write them. EHRs and 835s often carry them in capitals alone."""

import re

# Read as words they would be wrong, and have a vowel that hides what they are.
_ACRONYMS = frozenset(
    {
        "AARP",
        "APWU",
        "BCBSAZ",
        "BCBSIL",
        "BCBSMA",
        "BCBSMI",
        "BCBSNE",
        "BCBSOK",
        "CHAMPVA",
        "CHIP",
        "EBMS",
        "EPO",
        "GEHA",
        "HMO",
        "IPA",
        "NALC",
        "POS",
        "PPO",
        "TPA",
        "TRICARE",
        "UHC",
        "UMR",
        "UMWA",
        "UPMC",
        "USA",
        "USAA",
        "USFHP",
    }
)
_SMALL = frozenset({"AND", "BY", "FOR", "IN", "OF", "ON", "OR", "THE", "TO"})
_ABBREVIATED = frozenset({"CO", "CORP", "INC", "LTD", "PLN", "SVC", "ST", "MT", "FT", "DR", "GRP", "MGMT", "HLTH"})
_WORD = re.compile(r"[A-Z0-9]+(?:'[A-Z]+)?")
_SHORT = 4


def readable_name(name: str) -> str:
    """ "LONE PRAIRIE HEALTH PLAN" as "Lone Prairie Health Plan", "BCBS OF TX" as "BCBS of TX"; a name that is not all capitals as it is."""
    if name != name.upper() or not _WORD.search(name) or (name.isalpha() and len(name) <= _SHORT):
        return name
    return _WORD.sub(lambda found: _word(found[0], is_first=found.start() == 0), name)


def _word(word: str, *, is_first: bool) -> str:
    if word in _SMALL:
        return word.capitalize() if is_first else word.lower()
    if word in _ABBREVIATED:
        return word.capitalize()
    if _is_acronym(word):
        return word
    return "'".join(
        part.capitalize() if len(part) > 1 or not place else part.lower() for place, part in enumerate(word.split("'"))
    )


def _is_acronym(word: str) -> bool:
    """One that is known, two letters (a state), a number, or letters that nobody could say as a word."""
    return word in _ACRONYMS or len(word) == 2 or not word.replace("'", "").isalpha() or not set(word) & set("AEIOUY")
