"""What a machine may lack that README does not ask for: its tests are skipped there visibly, and fail under CI."""

import os
from typing import NoReturn

import pytest


def skip_or_fail(remedy: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(remedy)
    pytest.skip(remedy)
