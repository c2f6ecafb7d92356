"""Who takes part, written: what is alike in loops 2010, 2310, 2330 and 2420."""

from apps.x12.guides.parts_write import name_elements, write_address, write_contact, write_references
from apps.x12.guides.x837p.coordination import OtherInsured
from apps.x12.guides.x837p.parties import ClaimPayer, ClaimProvider, Patient, Subscriber
from apps.x12.writer import Writer


def write_insured(writer: Writer, insured: Subscriber | OtherInsured, id_qualifier: str) -> None:
    """NM1*IL."""
    names = name_elements(writer, insured.last_name, insured.first_name, insured.middle_name, insured.suffix)
    writer.segment("NM1", "IL", "1" if insured.is_person else "2", *names, id_qualifier, insured.member_id)


def write_person(writer: Writer, person: Subscriber | Patient, *, is_patient: bool) -> None:
    """What follows the NM1. Of a subscriber who is not the patient only the ids are told."""
    if is_patient:
        write_address(writer, person.address)
        if person.birth_date or person.sex:
            writer.segment("DMG", "D8", person.birth_date, person.sex)
    write_references(writer, person.references)
    if person.contact:
        write_contact(writer, person.contact)


def write_payer(writer: Writer, payer: ClaimPayer) -> None:
    """NM1*PR and its address."""
    writer.segment("NM1", "PR", "2", writer.free(payer.name), "", "", "", "", payer.id_qualifier, payer.id)
    write_address(writer, payer.address)


def write_provider(writer: Writer, role: str, provider: ClaimProvider | None) -> None:
    if provider is None:
        return
    names = name_elements(writer, provider.last_name, provider.first_name, provider.middle_name, provider.suffix)
    npi = ("XX", provider.npi) if provider.npi else ()
    writer.segment("NM1", role, "1" if provider.is_person else "2", *names, *npi)
    if provider.taxonomy:
        writer.segment("PRV", "PE", "PXC", provider.taxonomy)
    write_address(writer, provider.address)
    write_references(writer, provider.references)
    if provider.contact:
        write_contact(writer, provider.contact)
