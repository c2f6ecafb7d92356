"""What a mail server's refusals mean, and whether trying again can help."""

import smtplib

from apps.connectors.ports.errors import (
    AddressRefusedError,
    ConnectorError,
    OutageError,
    RefusedError,
    SignInRefusedError,
    UncertainError,
)

TEMPORARY = range(400, 500)


class UnencryptedError(RefusedError):
    """Mail to patients leaves encrypted or not at all."""


def while_opening(failure: Exception) -> ConnectorError:
    if isinstance(failure, smtplib.SMTPAuthenticationError) and failure.smtp_code not in TEMPORARY:
        return SignInRefusedError("The mail server refused the sign-in. Check EMAIL_URL.")
    return OutageError("The mail server could not be reached.")


def while_sending(failure: Exception) -> ConnectorError:
    """A refusal of the recipient or sender comes before the text is sent; a cut connection may come after."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in failure.recipients.values()]
        if all(code in TEMPORARY for code in codes):
            return OutageError("The mail server asked to try again later.")
        return AddressRefusedError("The mail server refused the address.")
    if isinstance(failure, smtplib.SMTPResponseException):
        if failure.smtp_code in TEMPORARY:
            return OutageError("The mail server asked to try again later.")
        return RefusedError(f"The mail server refused the email ({failure.smtp_code}).")
    return UncertainError("The connection to the mail server was cut off.")
