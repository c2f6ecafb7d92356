from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.town import Town


@pytest.fixture
def open_town(tmp_path: Path) -> Iterator[Callable[..., Town]]:
    towns: list[Town] = []

    def open_one(name: str = "town", **options: Any) -> Town:
        towns.append(Town(tmp_path / name, **options))
        return towns[-1]

    yield open_one
    for each in towns:
        each.close()


@pytest.fixture
def town(open_town: Callable[..., Town]) -> Town:
    return open_town()
