"""pyx12 with its quicker inner functions says to the letter what pyx12 says without them."""

import io
import os
import random
from datetime import datetime
from pathlib import Path

import pytest

from apps.claims.encode import judge as judging
from apps.claims.encode.quick_pyx12 import make_quick
from tests.claims.test_encode import VARIANTS, written

CORPUS = Path(os.environ.get("X12_CORPUS", ""), "837P")
MOST_BYTES = 20_000
BROKEN_FILES = 120
ODD_VALUES = (
    "",
    "X",
    "  A ",
    "1.5",
    "-3",
    "20260230",
    "20260101-20260131",
    "D8",
    "RD8",
    "TM",
    "2561",
    "é",
    "a\x07b",
    "A" * 90,
)
ODD_VALUES += ("11:B:1", "A:B:C:D:E:F:G:H:I:J:K:L:M", "ABK:J0190", "20", "22", "23", "87", "41", "\x1c", "99213 ")


def words(text: str) -> tuple[object, ...]:
    """All that pyx12 says of a file, or how it fell over."""
    answer = io.StringIO()
    try:
        sound = judging.pyx12.x12n_document.x12n_document(
            judging._kept_maps(), io.StringIO(text), None, None, fd_json=answer
        )
    except Exception as error:  # noqa: BLE001  whatever it is, both ways must meet it
        return type(error), str(error)
    return sound, answer.getvalue()


def as_it_came(text: str) -> tuple[object, ...]:
    with pytest.MonkeyPatch.context() as patch:
        for owner, name, original in make_quick():
            patch.setattr(owner, name, original)
        return words(text)


def broken(text: str, chance: random.Random) -> str:
    segments = text.split("~")
    at = chance.randrange(1, len(segments) - 1)
    elements = segments[at].split("*")
    match chance.randrange(6):
        case 0:
            del segments[at]
        case 1:
            segments.insert(at, segments[chance.randrange(1, len(segments))])
        case 2:
            other = chance.randrange(1, len(segments))
            segments[at], segments[other] = segments[other], segments[at]
        case 3:
            segments[at] += chance.choice(("*", "*X", " ", ":Y", "\t"))
        case _:
            elements[chance.randrange(len(elements))] = chance.choice(ODD_VALUES)
            segments[at] = "*".join(elements)
    return "~".join(segments)


@pytest.mark.long
def test_our_own_files_broken_in_many_ways_are_judged_alike(now: datetime) -> None:
    chance = random.Random(837)
    ours = [written(now, claim).decode() for claim in VARIANTS.values()]
    ours.append(written(now, *VARIANTS.values()).decode())
    refused = 0
    for number in range(BROKEN_FILES):
        text = broken(ours[number % len(ours)], chance)
        quick = words(text)
        assert quick == as_it_came(text), text
        refused += quick[0] is not True
    # What is broken is seen to be: nearly each of these files.
    assert refused > BROKEN_FILES * 0.8
    assert all(words(text) == as_it_came(text) for text in ours)


@pytest.mark.long
@pytest.mark.skipif(not CORPUS.is_dir(), reason="X12_CORPUS names no folder of outside X12 files")
def test_outside_files_are_judged_alike() -> None:
    files = [path for path in sorted(CORPUS.iterdir()) if path.stat().st_size < MOST_BYTES]
    assert files
    for path in files:
        text = path.read_text(errors="replace")
        assert words(text) == as_it_came(text), path.name
