"""US phone numbers as every room keeps them."""

import phonenumbers


def e164(written: str) -> str:
    """`+15125550123`; empty where what is written is no possible US number."""
    try:
        parsed = phonenumbers.parse(written, "US")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
