"""Writing the pieces that several guides share."""

from collections.abc import Iterable, Sequence

from apps.x12.errors import WriteError
from apps.x12.guides.parts import Address, Amount, Contact, DatedPeriod, Party, Quantity, Reference
from apps.x12.values import write_range
from apps.x12.writer import Writer, fitting

_MODIFIERS_AT_MOST = 4


def procedure_element(place: str, qualifier: str, code: str, modifiers: Sequence[str], *more: str) -> tuple[str, ...]:
    """A composite such as HC:99213:25, `more` behind its four modifiers. `place` names it in the WriteError for a fifth."""
    return qualifier, code, *fitting(place, modifiers, _MODIFIERS_AT_MOST, "modifiers"), *more


def write_party(writer: Writer, party: Party, role: str = "") -> None:
    """NM1. `role`: NM101, if it is not the party's own."""
    writer.segment(
        "NM1",
        role or party.role,
        "1" if party.is_person else "2",
        *name_elements(writer, party.last_name, party.first_name, party.middle_name, party.suffix),
        party.id_qualifier,
        party.id,
    )


def name_elements(writer: Writer, last: str, first: str, middle: str, suffix: str) -> tuple[str, ...]:
    """NM103 to NM107. Raises WriteError for a name of signs only, which would not be written."""
    name = writer.free(last)
    if last and not name:
        raise WriteError("NM103 holds nothing that this interchange can carry.")
    return name, writer.free(first), writer.free(middle), "", writer.free(suffix)


def write_address(writer: Writer, address: Address | None) -> None:
    """N3 and N4, each only if it says something."""
    if address is None:
        return
    if address.line1 or address.line2:
        writer.segment("N3", writer.free(address.line1), writer.free(address.line2))
    place = (writer.free(address.city), address.state, address.postcode, address.country)
    if any(place):
        writer.segment("N4", *place)


def write_contact(writer: Writer, contact: Contact) -> None:
    """PER, with at most three numbers, an extension right after its telephone."""
    numbers = (
        ("TE", contact.phone),
        ("EX", contact.extension),
        ("FX", contact.fax),
        ("EM", contact.email),
        ("UR", contact.url),
    )
    given = [(qualifier, number) for qualifier, number in numbers if number][:3]
    writer.segment("PER", contact.function, writer.free(contact.name), *(text for pair in given for text in pair))


def write_reference(
    writer: Writer, qualifier: str, value: str, description: str = "", further: tuple[str, ...] = ()
) -> None:
    """REF, if there is a value."""
    if value or description or further:
        writer.segment("REF", qualifier, value, writer.free(description), further)


def write_references(writer: Writer, references: Iterable[Reference]) -> None:
    for reference in references:
        write_reference(writer, reference.qualifier, reference.value, reference.description, reference.further)


def write_period(writer: Writer, period: DatedPeriod) -> None:
    """DTP, as a day or a range."""
    if period.start == period.end:
        writer.segment("DTP", period.qualifier, "D8", period.start)
    else:
        writer.segment("DTP", period.qualifier, "RD8", write_range(period.start, period.end))


def write_amounts(writer: Writer, amounts: Iterable[Amount]) -> None:
    for amount in amounts:
        writer.segment("AMT", amount.qualifier, amount.amount)


def write_quantities(writer: Writer, quantities: Iterable[Quantity]) -> None:
    for quantity in quantities:
        writer.segment("QTY", quantity.qualifier, quantity.quantity)
