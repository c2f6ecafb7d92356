"""A mail to one of those who work here, handed to the mail server."""

from contextlib import suppress
from smtplib import SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage, get_connection

# RFC 5321 4.2.1: from here on a reply is final; below it the server may take the same later.
PERMANENT = 500


class LostInSendingError(Exception):
    """The connection broke while the mail was handed over: it may have left. Whoever must not write twice does not send it again."""


def hand_over(mail: EmailMessage) -> bool:
    """False: the server takes this mail neither now nor later.

    Raises OSError where no mail left and the same may be taken later: the server is away, lets nobody in, or says so. Raises
    LostInSendingError.
    """
    mail.connection = connection = get_connection()
    connection.open()
    try:
        mail.send()
    except (SMTPRecipientsRefused, SMTPResponseException) as refusal:
        if _is_final(refusal):
            return False
        raise
    except SMTPNotSupportedError:
        return False
    except OSError as broken:
        raise LostInSendingError from broken
    finally:
        with suppress(OSError):
            connection.close()
    return True


def _is_final(refusal: SMTPRecipientsRefused | SMTPResponseException) -> bool:
    if isinstance(refusal, SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in refusal.recipients.values())
    return refusal.smtp_code >= PERMANENT
