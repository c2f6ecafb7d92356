from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.receiver import Receiver, listening
from tests.sandbox.town import Town


def _opening(folder: Path) -> Iterator[Callable[..., Town]]:
    towns: list[Town] = []

    def open_one(name: str = "town", **options: Any) -> Town:
        towns.append(Town(folder / name, **options))
        return towns[-1]

    yield open_one
    for each in towns:
        each.close()


@pytest.fixture
def open_town(tmp_path: Path) -> Iterator[Callable[..., Town]]:
    yield from _opening(tmp_path)


@pytest.fixture(scope="module")
def open_shared_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Town]]:
    """For tests that only read."""
    yield from _opening(tmp_path_factory.mktemp("towns"))


@pytest.fixture
def town(open_town: Callable[..., Town]) -> Town:
    return open_town()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as found:
        yield found
