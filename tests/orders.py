"""In what orders a few events may come: all in `make faults`; in `make test` those in which each is once first and once last."""

from collections.abc import Iterable
from itertools import permutations
from typing import Any

import pytest


def orders(events: Iterable[object]) -> list[Any]:
    """For `parametrize`: each order of `events`; its rotations are for every run."""
    given = tuple(events)
    for_every_run = [given[start:] + given[:start] for start in range(len(given))]
    return [
        pytest.param(order, marks=[] if order in for_every_run else pytest.mark.long) for order in permutations(given)
    ]
