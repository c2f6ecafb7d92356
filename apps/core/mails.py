"""A mail to one of those who work here, handed to the mail server."""

from smtplib import SMTPRecipientsRefused

from django.core.mail import EmailMessage

# RFC 5321 4.2.1: from here on a reply is final; below it the server may take the same later.
PERMANENT = 500


def hand_over(mail: EmailMessage) -> bool:
    """False: the server takes none for this address, now or later. Raises OSError where it is away, or may take the same later."""
    try:
        mail.send()
    except SMTPRecipientsRefused as refusal:
        if all(code >= PERMANENT for code, _ in refusal.recipients.values()):
            return False
        raise
    return True
