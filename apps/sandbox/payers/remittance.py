"""The 835 of a payer that writes it plainly; two payers write theirs from templates of their own."""

from collections.abc import Iterator

from apps.sandbox.payers import templates
from apps.sandbox.payers.entries import REVERSAL, Entry, Remittance, pairs_by_segment
from apps.sandbox.wire.edi import Envelope, Segment, money
from apps.sandbox.wire.identity import RECEIVER_ID, SUBMITTER_ID
from apps.sandbox.world import practice
from apps.sandbox.world.payers import Payer
from apps.sandbox.world.practice import LOCATIONS, PROVIDERS, ZONE
from apps.sandbox.world.state import LineResult

VERSION = "005010X221A1"
BY_NPI = {each.npi: each for each in PROVIDERS}


def write(found: Remittance, control: int) -> str:
    if found.payer.template:
        return templates.write(found, control)
    payer = found.payer
    envelope = Envelope(RECEIVER_ID, SUBMITTER_ID, control, found.when, "HP", VERSION, payer.payer_id, payer.dialect)
    return envelope.wrap([[*_head(found), *_claims(found), *_provider_level(found)]])


def _head(found: Remittance) -> Iterator[Segment]:
    payer, day = found.payer, f"{found.when.astimezone(ZONE):%Y%m%d}"
    yield ["835"]
    if found.amount:
        ours, theirs = ("01", "111900659", "DA", "4417720"), ("01", "113000023", "DA", "90817265")
        yield ["BPR", "I", money(found.amount), "C", "ACH", "CCP", *ours, f"1{payer.tax_id}", "", *theirs, day]
    else:
        yield ["BPR", "H", "0", "C", "NON", *[""] * 11, day]
    yield ["TRN", "1", found.trace, f"1{payer.tax_id}"]
    yield ["DTM", "405", day]
    yield from _parties(payer)


def _parties(payer: Payer) -> Iterator[Segment]:
    street, city, state, postcode = payer.address
    yield ["N1", "PR", payer.name.upper()]
    yield ["N3", street]
    yield ["N4", city, state, postcode]
    yield ["REF", "2U", payer.payer_id]
    yield ["PER", "BL", "REMITTANCE DESK", "TE", payer.phone[2:]]
    home = LOCATIONS[0].address
    yield ["N1", "PE", practice.NAME.upper(), "XX", practice.NPI]
    yield ["N3", home.line1.upper()]
    yield ["N4", home.city.upper(), home.state, home.zip]
    yield ["REF", "TJ", practice.TAX_ID]


def _claims(found: Remittance) -> Iterator[Segment]:
    if found.entries:
        yield ["LX", "1"]
    for entry in found.entries:
        yield from _claim(found.payer, entry)


def _claim(payer: Payer, entry: Entry) -> Iterator[Segment]:
    claim, reversed_ = entry.claim, entry.outcome == REVERSAL
    amounts = [money(entry.charge), money(entry.paid), "" if reversed_ else money(entry.patient_share)]
    numbers = [entry.claim_number, claim.place, claim.frequency]
    yield ["CLP", claim.control, entry.outcome, *amounts, payer.remitted_kind, *numbers]
    last, first, member_id = claim.subscriber
    if claim.patient != [last, first]:
        yield ["NM1", "QC", "1", *claim.patient]
        yield ["NM1", "IL", "1", last, first, "", "", "", "MI", member_id]
    else:
        yield ["NM1", "QC", "1", *claim.patient, "", "", "", "MI", member_id]
    provider = BY_NPI.get(claim.rendering)
    if provider:
        yield [
            "NM1",
            "82",
            "1",
            provider.last_name.upper(),
            provider.first_name.upper(),
            "",
            "",
            "",
            "XX",
            provider.npi,
        ]
    if entry.remarks:
        yield ["MOA", "", "", *entry.remarks[:5]]
    yield ["DTM", "050", f"{claim.received.astimezone(ZONE):%Y%m%d}"]
    if entry.interest:
        yield ["AMT", "I", money(entry.interest)]
    for result in entry.results:
        yield from _line(entry, result)


def _line(entry: Entry, result: LineResult) -> Iterator[Segment]:
    line = result.line
    service = ("HC", line.procedure, *line.modifiers)
    yield ["SVC", service, money(line.charge), money(result.paid), "", line.units]
    yield ["DTM", "472", f"{entry.claim.service_date:%Y%m%d}"]
    for adjustment in result.adjustments:
        yield ["CAS", adjustment.group, adjustment.code, money(adjustment.amount)]
    if line.control:
        yield ["REF", "6R", line.control]
    if result.allowed > 0:
        yield ["AMT", "B6", money(result.allowed)]
    for remark in result.remarks:
        yield ["LQ", "HE", remark]


def _provider_level(found: Remittance) -> Iterator[Segment]:
    for pairs in pairs_by_segment(found.offsets):
        row: Segment = ["PLB", practice.NPI, f"{found.when.astimezone(ZONE):%Y}1231"]
        for each in pairs:
            row += [(each.code, each.reference), money(each.amount)]
        yield row
