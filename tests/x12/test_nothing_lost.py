"""A segment that stands twice is never dropped in silence: the second one's text is found again in the records, in what is kept beside
them, or an error names its place.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest

from apps.x12 import read
from tests.x12.test_mutations import ENVELOPE, EXAMPLES

MARK = "ZQXNINE"
# Elements that say yes or no, or whose only allowed value says nothing more.
SAYS_NOTHING = {
    ("CLM", 6): "signature on file: Y or not",
    ("AAA", 1): "the reason in AAA03 counts",
    ("TRN", 1): "1 or 2 by the transaction's direction",
    ("PWK", 5): "AC before the number",
    ("NM1", 2): "a person or not",
}


def texts(record: object) -> Iterator[str]:
    if isinstance(record, str):
        yield record
    elif isinstance(record, tuple):
        for each in record:
            yield from texts(each)
    elif is_dataclass(record):
        for column in fields(record):
            yield from texts(getattr(record, column.name))


def with_a_second(segments: list[str], at: int, element: int) -> bytes:
    """The segment again behind itself, marked in one element; the trailer counts it."""
    twin = segments[at].split("*")
    twin[element] = MARK
    longer = [*segments[: at + 1], "*".join(twin), *segments[at + 1 :]]
    st = max(number for number in range(at) if longer[number].startswith("ST*"))
    se = next(number for number in range(at, len(longer)) if longer[number].startswith("SE*"))
    longer[se] = f"SE*{se - st + 1}*{longer[se].rpartition('*')[2]}"
    return "".join(f"{segment}~" for segment in longer).encode()


def places(segments: list[str]) -> Iterator[tuple[int, int]]:
    for at, segment in enumerate(segments):
        name, *elements = segment.split("*")
        if name in ENVELOPE:
            continue
        for element, said in enumerate(elements, start=1):
            if said and (name, element) not in SAYS_NOTHING:
                yield at, element


@pytest.mark.parametrize("name", [name for name in EXAMPLES if not name.endswith(".ta1")])
def test_what_stands_twice_is_kept_or_named(name: str) -> None:
    segments = EXAMPLES[name].rstrip("~").split("~")
    lost = []
    for at, element in places(segments):
        document = read(with_a_second(segments, at, element))
        if not document.errors and not any(MARK in text for text in texts(document)):
            lost.append((segments[at], element))
    assert lost == []
