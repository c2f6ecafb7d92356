"""Waystar's file names and its eligibility form. Pure."""

import codecs
from collections.abc import Mapping
from typing import Any

from apps.connectors.ports.errors import ConnectorError, OutageError, SignInRefusedError

# A part of the name between dots, as in "48213.20261029.000012001.CLP.277.txt".
KINDS = {"835": "835", "277": "277CA", "999": "999", "TA1": "TA1", "271": "271"}
REFUSALS = ("password", "user", "log in", "login", "authori", "denied", "permission", "not allowed")
_BEFORE_X12 = codecs.BOM_UTF8 + b" \t\r\n"

CLAIM_ROUTE, INQUIRY_ROUTE = ".CLP", ".276"


def remote_name(name: str, route: str = CLAIM_ROUTE) -> str:
    """The final name of an upload: the extension routes it, and the name may hold no other dot."""
    stem = name.rpartition(".")[0] or name
    return f"{stem.replace('.', '_')}{route}"


def kind_of(name: str) -> str:
    """A guess from the name; the content decides."""
    return next((KINDS[part] for part in reversed(name.upper().split(".")) if part in KINDS), "")


def inquiry_form(settings: Mapping[str, Any], inquiry: bytes) -> dict[str, str]:
    form = {
        "UserID": str(settings["eligibility_user"]),
        "Password": str(settings["eligibility_password"]),
        "DataFormat": "X12",
        "ResponseType": "271",
        "Data": inquiry.decode("ascii"),
    }
    if settings.get("customer_id"):
        form["CustID"] = str(settings["customer_id"])
    return form


def answer_problem(body: bytes) -> ConnectorError | None:
    """Errors come as HTML with status 200, so X12 is looked for first. The body itself is quoted nowhere."""
    if body.lstrip(_BEFORE_X12).startswith(b"ISA"):
        return None
    text = body[:4000].decode("latin-1").lower()
    if any(word in text for word in REFUSALS):
        return SignInRefusedError(
            "The clearinghouse refused the eligibility inquiry: check its user, password and allowed addresses."
        )
    return OutageError("The clearinghouse answered the eligibility inquiry with a page instead of X12.")
