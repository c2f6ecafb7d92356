"""In what orders a few events may come: all in `make faults`, of many every fourth in `make test`."""

from collections.abc import Iterable
from itertools import permutations
from typing import Any

import pytest

FEW = 6


def orders(events: Iterable[object]) -> list[Any]:
    """For `parametrize`: each order of `events`, evenly spread ones for every run."""
    found = list(permutations(events))
    step = 1 if len(found) <= FEW else 4
    return [pytest.param(each, marks=[] if place % step == 0 else pytest.mark.long) for place, each in enumerate(found)]
