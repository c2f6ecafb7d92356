"""Who the clearinghouse is, how it knows the practice, and how files are named."""

from datetime import datetime
from pathlib import PurePosixPath

from apps.sandbox.world.practice import ZONE
from apps.sandbox.world.world import World

NAME = "TIDEGATE CLEARING"
RECEIVER_ID = "TIDEGATE"  # ISA08, GS03, NM1*40
SUBMITTER_ID = "PECANROW01"  # ISA06, GS02, NM1*41
CUSTOMER_ID = "48213"
CLAIM_ROUTE, INQUIRY_ROUTE = ".CLP", ".276"


def credentials(world: World) -> dict[str, str]:
    return {
        "username": "pecanrow",
        "password": world.chance.secret("sftp password"),
        "eligibility_user": "pecanrow-elig",
        "eligibility_password": world.chance.secret("eligibility password"),
    }


def is_inquiry(name: str) -> bool:
    return PurePosixPath(name).suffix.upper() == INQUIRY_ROUTE


def routed(name: str) -> bool:
    """Files are routed by extension, and no other dot may stand in the name."""
    return PurePosixPath(name).suffix.upper() in {CLAIM_ROUTE, INQUIRY_ROUTE} and name.count(".") == 1


def file_name(world: World, when: datetime, kind: str) -> str:
    number = world.serial("download") % 1000
    return f"{CUSTOMER_ID}.{when.astimezone(ZONE):%Y%m%d.%H%M%S}{number:03d}.CLP.{kind}.txt"
