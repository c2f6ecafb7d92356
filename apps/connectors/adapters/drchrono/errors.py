"""What DrChrono's refusals mean, and whether trying again can help (429, 5xx and no answer: `apps.connectors.http`)."""

import httpx

from apps.connectors.ports.errors import RefusedError, SignInRefusedError


class SignInError(SignInRefusedError):
    """The token request was refused. No retry helps: an administrator connects DrChrono again."""


class PermissionMissingError(RefusedError):
    """The token holds, but the practice has not granted what was asked for."""


def raise_for_refusal(response: httpx.Response, what: str) -> None:
    """`what` names the resource, never a patient. Raises for any answer that is not a success."""
    if response.status_code == 403:
        raise PermissionMissingError(
            f"DrChrono does not let this connection read {what}. Grant it the scope and connect again."
        )
    if not response.is_success:
        raise RefusedError(f"DrChrono refused {what} ({response.status_code}).")
