"""Of which version of a claim an answer speaks, where a newer one has been sent since. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Versions:
    """`sent`: the claim frequency code (CLM05-3) of what is under way. `earlier`: those of the versions that went before it, and
    `numbers` by which their payer knows these.
    """

    sent: str
    earlier: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


def speaks_of_earlier(versions: Versions, frequency: str, payer_claim_number: str) -> bool:
    """Whether CLP09, or where that fits both CLP07, names a version before the one under way.

    X221A1 loop 2100: CLP09 returns CLM05-3 of the claim that is answered, and need not be told; CLP07 is the payer's own number of it.
    An answer without CLP09 is taken as that to what was sent last, also under a number that is known: a payer may keep its number for all
    versions, and the one under way would wait for ever. Where it was wrong, the answer that then comes mends it.
    """
    is_sent, is_earlier = frequency == versions.sent, frequency in versions.earlier
    if is_sent != is_earlier:
        return is_earlier
    return is_sent and payer_claim_number in versions.numbers
