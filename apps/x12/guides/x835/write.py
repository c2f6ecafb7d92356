"""835: one interchange, one group, an ST for each payment."""

from collections.abc import Sequence
from itertools import groupby

from apps.x12.envelope import Envelope
from apps.x12.errors import WriteError
from apps.x12.guides.parts_write import write_address, write_contact, write_references
from apps.x12.guides.x835.claims_write import write_claim
from apps.x12.guides.x835.records import BankAccount, ProviderAdjustment, ProviderSummary, Remittance, RemittanceParty
from apps.x12.writer import Writer

VERSION = "005010X221A1"
_PAIRS_IN_A_PLB = 6


def write_835(remittances: Sequence[Remittance], envelope: Envelope) -> bytes:
    """Amounts are written as they stand, balanced or not. Raises WriteError where a payment has no trace number."""
    if not remittances:
        raise WriteError("There is no remittance to write.")
    writer = Writer(envelope)
    writer.open_group("HP", VERSION)
    for remittance in remittances:
        writer.open_transaction("835")
        _write_payment(writer, remittance)
        _write_parties(writer, remittance)
        _write_claims(writer, remittance)
        _write_provider_adjustments(writer, remittance.provider_adjustments)
        writer.close_transaction()
    return writer.close_group()


def _write_payment(writer: Writer, remittance: Remittance) -> None:
    if not remittance.trace_number:
        raise WriteError("A remittance needs its trace number (TRN02).")
    writer.segment(
        "BPR",
        remittance.handling,
        remittance.amount,
        "C" if remittance.credit else "D",
        remittance.method,
        remittance.payment_format,
        *_account(remittance.sender),
        remittance.originating_company,
        remittance.originating_supplement,
        *_account(remittance.receiver),
        remittance.payment_date,
    )
    writer.segment("TRN", "1", remittance.trace_number, remittance.payer_identifier, remittance.payer_supplement)
    if remittance.receiver_id:
        writer.segment("REF", "EV", remittance.receiver_id)
    if remittance.production_date:
        writer.segment("DTM", "405", remittance.production_date)


def _account(account: BankAccount | None) -> tuple[str, str, str, str]:
    if account is None:
        return "", "", "", ""
    return account.qualifier, account.bank, account.kind, account.account


def _write_parties(writer: Writer, remittance: Remittance) -> None:
    _write_party(writer, "PR", remittance.payer)
    _write_party(writer, "PE", remittance.payee)


def _write_party(writer: Writer, role: str, party: RemittanceParty) -> None:
    writer.segment("N1", role, writer.free(party.name), party.id_qualifier, party.id)
    write_address(writer, party.address)
    write_references(writer, party.references)
    for contact in party.contacts:
        write_contact(writer, contact)


def _write_claims(writer: Writer, remittance: Remittance) -> None:
    """An LX for each run of claims of one group number, none where the group number is empty, and behind its first one the totals
    (TS3) of that number. Totals without claims come last.
    """
    totals: dict[str, list[ProviderSummary]] = {}
    for total in remittance.summaries:
        totals.setdefault(total.group_number, []).append(total)
    for group_number, claims in groupby(remittance.claims, key=lambda claim: claim.group_number):
        _open_group(writer, group_number, totals.pop(group_number, ()))
        for claim in claims:
            write_claim(writer, claim)
    for group_number, left in totals.items():
        _open_group(writer, group_number, left)


def _open_group(writer: Writer, group_number: str, totals: Sequence[ProviderSummary]) -> None:
    if group_number:
        writer.segment("LX", group_number)
    for it in totals:
        writer.segment("TS3", it.provider_id, it.place_of_service, it.fiscal_date, it.claims, it.charge)


def _write_provider_adjustments(writer: Writer, adjustments: Sequence[ProviderAdjustment]) -> None:
    for (provider, fiscal_date), group in groupby(adjustments, key=lambda item: (item.provider_id, item.fiscal_date)):
        items = list(group)
        for at in range(0, len(items), _PAIRS_IN_A_PLB):
            pairs = [
                element
                for item in items[at : at + _PAIRS_IN_A_PLB]
                for element in ((item.reason, item.reference), item.amount)
            ]
            writer.segment("PLB", provider, fiscal_date, *pairs)
