from collections.abc import Iterator

import pytest

from tests.connectors.scripted import Scripted, scripted
from tests.connectors.sftp_server import FolderServer, folder_server
from tests.outside import sandbox

__all__ = ["sandbox"]


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


@pytest.fixture
def sftp() -> Iterator[FolderServer]:
    with folder_server() as folders:
        yield folders
