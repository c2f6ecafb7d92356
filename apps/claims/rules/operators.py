"""The operators of conditions: which type each fits, how its value is read, and the test that it makes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from apps.claims.rules.facts import Fact, Kind

# Asked of the fact's value (`facts.Picture`: texts in upper case); None (not known) fits no comparison.
Test = Callable[[Any], bool]


class BadConditionError(ValueError):
    """A condition that cannot be asked. The message is a sentence for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Operator:
    """`make` builds the test from the typed value; it raises BadConditionError. `bare`: it takes no value."""

    label: str
    kinds: frozenset[Kind]
    make: Callable[[Fact, str], Test]
    bare: bool = False


def _word(text: str) -> str:
    """As codes are kept: upper case, diagnoses without the dot."""
    return text.strip().upper()


def words_of(fact: Fact, text: str) -> tuple[str, ...]:
    """The values that a text with commas names. Raises BadConditionError."""
    parts = tuple(_clean(fact, part) for part in text.split(",") if part.strip())
    if not parts:
        raise BadConditionError(f"{fact.label}: give a value, or several with commas between them.")
    return parts


def _clean(fact: Fact, text: str) -> str:
    word = _word(text).replace(".", "") if "diagnos" in fact.name else _word(text)
    if fact.allowed and word not in fact.allowed:
        raise BadConditionError(f"{fact.label} is one of {', '.join(fact.allowed)}, not {text.strip()}.")
    return word


def _one(fact: Fact, text: str) -> str:
    found = words_of(fact, text)
    if len(found) > 1:
        raise BadConditionError(f"{fact.label}: this takes one value. For several choose “is one of”.")
    return found[0]


def _number(fact: Fact, text: str) -> Decimal:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise BadConditionError(f"{fact.label} is a number, not “{text.strip()}”.")
    return found


def _day(fact: Fact, text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadConditionError(f"{fact.label} is a date such as 2026-01-31, not “{text.strip()}”.") from None


def _is_any(fact: Fact, text: str) -> Test:
    values = frozenset(words_of(fact, text))
    return values.__contains__


def _is_none(fact: Fact, text: str) -> Test:
    values = frozenset(words_of(fact, text))
    return lambda found: found not in values


def _is(fact: Fact, text: str) -> Test:
    value = _one(fact, text)
    return lambda found: bool(found == value)


def _is_not(fact: Fact, text: str) -> Test:
    value = _one(fact, text)
    return lambda found: bool(found != value)


def _starts(fact: Fact, text: str) -> Test:
    starts = tuple(_word(part).replace(".", "") if "diagnos" in fact.name else _word(part) for part in text.split(","))
    starts = tuple(start for start in starts if start)
    if not starts:
        raise BadConditionError(f"{fact.label}: give what it starts with.")
    if fact.kind is Kind.CODES:
        return lambda found: any(code.startswith(starts) for code in found)
    return lambda found: bool(found.startswith(starts))


def _has(fact: Fact, text: str) -> Test:
    values = frozenset(words_of(fact, text))
    return lambda found: not values.isdisjoint(found)


def _has_none(fact: Fact, text: str) -> Test:
    values = frozenset(words_of(fact, text))
    return values.isdisjoint


def _ends(fact: Fact, text: str) -> tuple[str, str]:
    first, found, last = text.partition(" to ")
    if not found or not first.strip() or not last.strip():
        raise BadConditionError(f"{fact.label}: give both ends, for example “99202 to 99215”.")
    return first, last


def _between(fact: Fact, text: str) -> Test:
    first, last = _ends(fact, text)
    if fact.kind is Kind.TEXT:
        low, high = _clean(fact, first), _clean(fact, last)
        if len(low) != len(high):
            raise BadConditionError(f"{fact.label}: both ends have to be of one length, as “99202 to 99215”.")
        if low > high:
            raise BadConditionError(f"{fact.label}: the first end is above the second.")
        # A range of codes holds those of its own length: 99202 to 99215 does not hold 9921.
        return lambda found: len(found) == len(low) and low <= found <= high
    read: Callable[[Fact, str], Any] = _number if fact.kind is Kind.NUMBER else _day
    least, most = read(fact, first), read(fact, last)
    if least > most:
        raise BadConditionError(f"{fact.label}: the first end is above the second.")
    return lambda found: found is not None and least <= found <= most


def _compared(compare: Callable[[Any, Any], bool]) -> Callable[[Fact, str], Test]:
    def make(fact: Fact, text: str) -> Test:
        value = _number(fact, text) if fact.kind is Kind.NUMBER else _day(fact, text)
        return lambda found: found is not None and compare(found, value)

    return make


def _bare(test: Test) -> Callable[[Fact, str], Test]:
    return lambda _fact, _text: test


_TEXT, _CODES = frozenset({Kind.TEXT}), frozenset({Kind.CODES})
_SIZED, _NUMBER, _DATE = frozenset({Kind.NUMBER, Kind.DATE}), frozenset({Kind.NUMBER}), frozenset({Kind.DATE})
OPERATORS: dict[str, Operator] = {
    "is": Operator("is", _TEXT, _is),
    "is_not": Operator("is not", _TEXT, _is_not),
    "is_any": Operator("is one of", _TEXT, _is_any),
    "is_none": Operator("is none of", _TEXT, _is_none),
    "starts": Operator("starts with", _TEXT | _CODES, _starts),
    "has": Operator("has one of", _CODES, _has),
    "has_none": Operator("has none of", _CODES, _has_none),
    "empty": Operator("is empty", _TEXT | _CODES, _bare(lambda found: not found), bare=True),
    "filled": Operator("is filled in", _TEXT | _CODES, _bare(bool), bare=True),
    "equals": Operator("is equal to", _NUMBER, _compared(lambda found, value: bool(found == value))),
    "more": Operator("is more than", _NUMBER, _compared(lambda found, value: bool(found > value))),
    "less": Operator("is less than", _NUMBER, _compared(lambda found, value: bool(found < value))),
    "from": Operator("is on or after", _DATE, _compared(lambda found, value: bool(found >= value))),
    "until": Operator("is on or before", _DATE, _compared(lambda found, value: bool(found <= value))),
    "between": Operator("is from … to …", _SIZED | _TEXT, _between),
    "unknown": Operator("is not known", _SIZED, _bare(lambda found: found is None), bare=True),
}
