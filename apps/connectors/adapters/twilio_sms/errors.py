"""What Twilio's error codes mean (its own numbers), and whether trying again can help."""

import httpx

from apps.connectors.ports.errors import (
    AddressRefusedError,
    ConnectorError,
    OptedOutError,
    RefusedError,
    SignInRefusedError,
)

OPTED_OUT = 21610
# No such number, no mobile number, a landline.
UNREACHABLE = frozenset({21211, 21214, 21217, 21614, 30003, 30005, 30006})
UNREGISTERED = 30034  # US numbers must be registered (10DLC) before carriers take their texts


class SignInError(SignInRefusedError):
    """The account id or token is wrong."""


def refusal(response: httpx.Response) -> ConnectorError:
    code = code_of(response)
    if response.status_code == 401:
        return SignInError("Twilio refused the sign-in. Enter the account's token again in Settings, Connections.")
    if code == OPTED_OUT:
        return OptedOutError("The recipient has opted out at Twilio.")
    if code in UNREACHABLE:
        return AddressRefusedError("Twilio cannot reach this number by text.")
    if code == UNREGISTERED:
        return RefusedError("The sending number is not registered for US texts (10DLC).")
    return RefusedError(f"Twilio refused the message ({code or response.status_code}).")


def code_of(response: httpx.Response) -> int:
    try:
        answer = response.json()
    except ValueError:
        return 0
    return int(answer.get("code") or 0) if isinstance(answer, dict) else 0
