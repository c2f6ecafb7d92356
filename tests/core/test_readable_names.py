"""Payers' names that came in capitals, as pages show them."""

import pytest

from apps.core.readable_names import readable_name


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("LONE PRAIRIE HEALTH PLAN", "Lone Prairie Health Plan"),
        ("FEDERAL SENIOR PART B SOUTH", "Federal Senior Part B South"),
        ("BCBS OF TX", "BCBS of TX"),
        ("UHC COMMUNITY PLAN, LLC", "UHC Community Plan, LLC"),
        ("AETNA", "Aetna"),
        ("CHILDREN'S HEALTH PLAN OF O'NEILL", "Children's Health Plan of O'Neill"),
        ("THE HARTFORD INS CO", "The Hartford Ins Co"),
        ("TRICARE EAST/HUMANA", "TRICARE East/Humana"),
        ("BLUE-CROSS (TX1)", "Blue-Cross (TX1)"),
    ],
)
def test_capitals_become_a_name(told: str, shown: str) -> None:
    assert readable_name(told) == shown


@pytest.mark.parametrize("name", ["", "UMR", "GEHA", "87726", "Bluebonnet Mutual", "eBlue HMO", "iCare"])
def test_what_is_no_name_in_capitals_stays(name: str) -> None:
    assert readable_name(name) == name
