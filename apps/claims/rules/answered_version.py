"""Of which version of a claim an answer speaks. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class VersionBasis(StrEnum):
    """How it is known which version an answer is for. Empty: there was one only, the answer takes another back, or nobody kept it."""

    ONLY = ""
    TOLD = "told"  # CLP09
    NUMBER = "number"  # CLP07
    LAST = "last"  # nothing tells: taken as that to what was sent last
    PERSON = "person"


BASIS_WORDS = {
    VersionBasis.TOLD: "as the payer says (CLP09)",
    VersionBasis.NUMBER: "by the payer's own number (CLP07)",
    VersionBasis.LAST: "taken as the answer to what was sent last",
    VersionBasis.PERSON: "as a person found out",
}


@dataclass(frozen=True, slots=True)
class SentVersion:
    """`correction`: the key of the correction that began it, 0 of the claim as it was first sent; the higher, the newer.

    `frequency` is CLM05-3, `number` that by which its payer knows it (CLP07), empty where it never gave one.
    """

    correction: int
    frequency: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class AnsweredVersion:
    correction: int = 0
    basis: VersionBasis = VersionBasis.ONLY


ONLY_VERSION = AnsweredVersion()


def answered_version(sent: Sequence[SentVersion], frequency: str, number: str) -> AnsweredVersion:
    """Which of the versions `sent`, oldest first, CLP09 (`frequency`) names or, where that fits several, CLP07 (`number`).

    X221A1 loop 2100: CLP09 returns CLM05-3 of the claim that is answered, and need not be told; CLP07 is the payer's own number of it.
    An answer without CLP09 is taken as that to what was sent last, also under a number that is known: a payer may keep its number for all
    versions, and the one under way would wait for ever. So is one under a number that several versions bore.
    """
    if len(sent) < 2:
        return AnsweredVersion(sent[0].correction if sent else 0)
    newest = sent[-1]
    fits = [each for each in sent if each.frequency == frequency]
    earlier = [each for each in fits if each is not newest]
    known = [each for each in earlier if number and each.number == number]
    if newest not in fits and earlier:
        return AnsweredVersion((known or earlier)[-1].correction, VersionBasis.TOLD)
    if fits == [newest]:
        return AnsweredVersion(newest.correction, VersionBasis.TOLD)
    if len(known) == 1 and sum(each.number == number for each in sent[:-1]) == 1:
        return AnsweredVersion(known[0].correction, VersionBasis.NUMBER)
    return AnsweredVersion(newest.correction, VersionBasis.LAST)
