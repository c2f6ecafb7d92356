"""837P: one interchange, one group, one transaction. Equal neighbours share a billing provider and a subscriber loop."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice

from apps.x12.envelope import Envelope
from apps.x12.errors import WriteError
from apps.x12.guides.parts_write import (
    name_elements,
    write_address,
    write_contact,
    write_reference,
    write_references,
)
from apps.x12.guides.x837p.claims_write import write_claim
from apps.x12.guides.x837p.parties import BillingProvider, ClaimPayer, Patient, Subscriber
from apps.x12.guides.x837p.parties_write import write_insured, write_payer, write_person
from apps.x12.guides.x837p.records import MOST_CLAIMS, Claim, ClaimBatch
from apps.x12.guides.x837p.rest_write import PROVIDER_ORDER, SUBSCRIBER_ORDER, inner_loops, merge_rest, write_raw
from apps.x12.writer import Writer, at_most

VERSION = "005010X222A1"
_CLAIMS_UNDER_A_PATIENT = 100


def write_837p(batch: ClaimBatch, envelope: Envelope) -> bytes:
    """1 to 5,000 claims. Raises WriteError, naming the claim, if a value is missing that X12 itself needs or cannot
    be carried.

    Claims are not sorted; give those of one billing provider and subscriber side by side for the smallest file.
    """
    at_most(batch.claims, MOST_CLAIMS, "claims")
    writer = Writer(envelope)
    writer.open_group("HC", VERSION)
    writer.open_transaction("837", VERSION)
    writer.segment("BHT", "0019", batch.purpose, batch.reference, batch.created_on, batch.created_at, batch.kind)
    _write_ends(writer, batch)
    _Levels(writer).write(batch.claims)
    writer.close_transaction()
    return writer.close_group()


def _write_ends(writer: Writer, batch: ClaimBatch) -> None:
    submitter, receiver = batch.submitter, batch.receiver
    writer.segment("NM1", "41", "2", writer.free(submitter.name), "", "", "", "", "46", submitter.id)
    write_contact(writer, submitter.contact)
    if submitter.other_contact:
        write_contact(writer, submitter.other_contact)
    writer.segment("NM1", "40", "2", writer.free(receiver.name), "", "", "", "", "46", receiver.id)


class _Levels:
    """The HL tree: 20 billing provider, 22 subscriber, 23 patient."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.number = 0

    def write(self, claims: Sequence[Claim]) -> None:
        for provider, of_provider in groupby(claims, key=lambda claim: claim.billing_provider):
            parent = self._level("", "20", has_children=True)
            self._provider(provider)
            for key, of_subscriber in groupby(of_provider, key=_subscriber_key):
                subscriber, payer, is_patient = key
                for some in _hundreds(of_subscriber) if is_patient else [list(of_subscriber)]:
                    self._subscriber(parent, subscriber, payer, some, is_patient=is_patient)

    def _level(self, parent: int | str, code: str, *, has_children: bool) -> int:
        self.number += 1
        self.writer.segment("HL", self.number, parent, code, "1" if has_children else "0")
        return self.number

    def _provider(self, provider: BillingProvider) -> None:
        writer = self.writer
        start = len(writer.lines)
        if provider.taxonomy:
            writer.segment("PRV", "BI", "PXC", provider.taxonomy)
        merge_rest(writer, start, provider.rest, PROVIDER_ORDER)
        names = name_elements(writer, provider.name, provider.first_name, provider.middle_name, provider.suffix)
        npi = ("XX", provider.npi) if provider.npi else ()
        writer.segment("NM1", "85", "1" if provider.is_person else "2", *names, *npi)
        write_address(writer, provider.address)
        write_reference(writer, provider.tax_id_qualifier, provider.tax_id)
        write_references(writer, provider.references)
        for contact in filter(None, (provider.contact, provider.other_contact)):
            write_contact(writer, contact)
        if provider.pay_to:
            writer.segment("NM1", "87", "1" if provider.is_person else "2")
            write_address(writer, provider.pay_to)
        write_raw(writer, inner_loops(provider.rest))

    def _subscriber(
        self, parent: int, subscriber: Subscriber, payer: ClaimPayer, claims: list[Claim], *, is_patient: bool
    ) -> None:
        writer = self.writer
        own = self._level(parent, "22", has_children=not is_patient)
        start = len(writer.lines)
        writer.segment(
            "SBR",
            subscriber.payer_rank,
            "18" if is_patient else "",
            subscriber.group_number,
            # X222A1 2000B: the group's name only where there is no number.
            "" if subscriber.group_number else writer.free(subscriber.group_name),
            subscriber.insurance_type,
            "",
            "",
            "",
            subscriber.filing_indicator,
        )
        merge_rest(writer, start, subscriber.rest, SUBSCRIBER_ORDER)
        write_insured(writer, subscriber, "MI")
        write_person(writer, subscriber, is_patient=is_patient)
        write_payer(writer, payer)
        write_references(writer, payer.references)
        write_raw(writer, inner_loops(subscriber.rest))
        if is_patient:
            self._claims(claims)
        else:
            self._patients(own, claims)

    def _patients(self, parent: int, claims: list[Claim]) -> None:
        pairs = [(patient, claim) for claim in claims if (patient := claim.patient)]
        for patient, of_patient in groupby(pairs, key=lambda pair: pair[0]):
            for some in _hundreds(claim for _, claim in of_patient):
                self._level(parent, "23", has_children=False)
                self._patient(patient)
                self._claims(some)

    def _claims(self, claims: Iterable[Claim]) -> None:
        for claim in claims:
            try:
                write_claim(self.writer, claim)
            except WriteError as error:
                raise WriteError(f"Claim {claim.control_number}: {error}") from error

    def _patient(self, patient: Patient) -> None:
        writer = self.writer
        writer.segment("PAT", patient.relationship)
        names = name_elements(writer, patient.last_name, patient.first_name, patient.middle_name, patient.suffix)
        writer.segment("NM1", "QC", "1", *names)
        write_person(writer, patient, is_patient=True)
        write_raw(writer, patient.rest)


def _subscriber_key(claim: Claim) -> tuple[Subscriber, ClaimPayer, bool]:
    return claim.subscriber, claim.payer, claim.patient is None


def _hundreds(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    """X222A1 2300: at most 100 claims under one patient; more go under the same patient again."""
    waiting = iter(claims)
    while some := list(islice(waiting, _CLAIMS_UNDER_A_PATIENT)):
        yield some
