"""Numbers of providers that are valid, without a database."""

FAMILY_MEDICINE = "207Q00000X"


def npi(number: int) -> str:
    """A ten-digit NPI from a counter, with its Luhn check digit (the card issuer prefix 80840 counts 24)."""
    stem = f"1{number % 10**8:08d}"
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(stem))]
    total = 24 + sum(value - 9 if value > 9 else value for value in doubled)
    return f"{stem}{-total % 10}"
