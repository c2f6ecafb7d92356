"""How values read wherever people see them: amounts, counts, dates, times, numbers. Templates have each as a filter (`ui`)."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from apps.core import clock


def _dollars(amount: Decimal) -> str:
    return f"${abs(amount):,.2f}"


def money(amount: Decimal | int | None) -> str:
    """For people who keep books: "$1,234.50", negative in parentheses. Nothing for None."""
    if amount is None:
        return ""
    value = Decimal(amount)
    return f"({_dollars(value)})" if value < 0 else _dollars(value)


def dollars(amount: Decimal | int | None) -> str:
    """For patients: a minus sign in place of parentheses."""
    if amount is None:
        return ""
    value = Decimal(amount)
    return f"\N{MINUS SIGN}{_dollars(value)}" if value < 0 else _dollars(value)


def count(number: int | None) -> str:
    """12240 as "12,240"."""
    return "" if number is None else f"{number:,}"


def share(ratio: Decimal | float | None, places: int = 1) -> str:
    """0.968 as "96.8%". A rate without a denominator reads "No data", never 0%."""
    if ratio is None:
        return "No data"
    step = Decimal(1).scaleb(-places)
    return f"{(Decimal(str(ratio)) * 100).quantize(step, ROUND_HALF_UP)}%"


def counted(number: int, words: str) -> str:
    """`3|counted:"claim,claims"` is "3 claims"."""
    one, _, many = words.partition(",")
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _local(moment: datetime) -> datetime:
    return moment.astimezone(clock.practice_zone())


def day_at_practice(value: date | datetime) -> date:
    """A moment's day, in the practice's time zone."""
    return clock.practice_date(value) if isinstance(value, datetime) else value


def full_day(value: date | datetime | None) -> str:
    """ "Oct 29, 2026": where the year matters, as for a birth date."""
    if value is None:
        return ""
    local = day_at_practice(value)
    return f"{local:%b} {local.day}, {local.year}"


def long_day(value: date | datetime | None) -> str:
    """ "Thursday, October 29"."""
    if value is None:
        return ""
    local = day_at_practice(value)
    return f"{local:%A}, {local:%B} {local.day}"


def time_of_day(value: datetime | None) -> str:
    """ "3:05 PM" at the practice."""
    if value is None:
        return ""
    local = _local(value)
    return f"{local.hour % 12 or 12}:{local:%M %p}"


def icd(code: str) -> str:
    """A diagnosis as people write it: "M1711" as "M17.11"."""
    return code if "." in code or len(code) <= 3 else f"{code[:3]}.{code[3:]}"


def phone(number: str) -> str:
    """A US number as "(512) 555-0142"; anything else as it is."""
    digits = "".join(sign for sign in number if sign.isdigit()).removeprefix("1")
    is_number = len(digits) == 10 and not any(sign.isalpha() for sign in number)  # a mailbox may hold ten digits
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if is_number else number


def unbroken(words: str) -> str:
    """Of words that stand or fall together, such as a phone number: no line ends within."""
    return words.replace(" ", "\u00a0").replace("-", "\u2011")


def zip_code(postcode: str) -> str:
    """Nine digits as "78757-4120"; anything else as it is."""
    return f"{postcode[:5]}-{postcode[5:]}" if len(postcode) == 9 and postcode.isdecimal() else postcode


def tax_number(tax_id: str) -> str:
    """An employer's number as "74-1830269"; anything else as it is."""
    return f"{tax_id[:2]}-{tax_id[2:]}" if len(tax_id) == 9 and tax_id.isdecimal() else tax_id


def initials(name: str) -> str:
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
