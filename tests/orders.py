"""In what orders a few events may come: all in `make faults`, three of them in `make test`."""

from collections.abc import Iterable
from itertools import permutations
from typing import Any

import pytest

FOR_EVERY_RUN = 3


def orders(events: Iterable[object]) -> list[Any]:
    """For `parametrize`: each order of `events`, evenly spread ones for every run."""
    found = list(permutations(events))
    step = max(1, len(found) // FOR_EVERY_RUN)
    return [pytest.param(each, marks=[] if place % step == 0 else pytest.mark.long) for place, each in enumerate(found)]
