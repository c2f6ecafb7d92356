"""What an EHR tells us, whatever its interface."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from apps.connectors.ports.webhooks import WebhookDelivery

# Gives the stored credentials to a function and stores what it returns, one caller at a time; returns what is stored now.
ChangeSecrets = Callable[[Callable[[Mapping[str, Any]], Mapping[str, Any]]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class EhrCoverage:
    rank: int  # 1 primary, 2 secondary
    payer_id: str  # the payer's id for claims
    payer_name: str
    member_id: str
    relationship: str  # X12 individual relationship code: 18 self, 01 spouse, 19 child, G8 other
    subscriber_first_name: str = ""
    subscriber_last_name: str = ""
    subscriber_birth_date: date | None = None
    subscriber_sex: str = ""
    group_number: str = ""


@dataclass(frozen=True, slots=True)
class EhrConsent:
    """The patient's answer as the EHR has it: yes (`given`) or no. Without an answer there is no row."""

    channel: str  # sms, email
    address: str
    given_on: date | None  # None: the EHR does not say when
    wording: str
    source: str = ""
    given: bool = True


@dataclass(frozen=True, slots=True)
class EhrPatient:
    source_id: str
    first_name: str
    last_name: str
    birth_date: date | None
    sex: str  # F, M, U
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    phone: str = ""
    email: str = ""
    language: str = "en"
    coverages: tuple[EhrCoverage, ...] = ()
    consents: tuple[EhrConsent, ...] = ()


@dataclass(frozen=True, slots=True)
class EhrProvider:
    source_id: str
    first_name: str
    last_name: str
    npi: str
    taxonomy: str = ""


@dataclass(frozen=True, slots=True)
class EhrAppointment:
    source_id: str
    patient_source_id: str
    provider_source_id: str
    location_source_id: str
    starts_at: datetime
    status: str  # scheduled, completed, cancelled, no_show
    booked_at: datetime | None = None
    problem: str = ""  # why it cannot be taken in, for a person; nothing but its number then counts


@dataclass(frozen=True, slots=True)
class EhrCharge:
    source_id: str
    procedure: str
    modifiers: tuple[str, ...]
    units: Decimal
    amount: Decimal  # the line's charge in dollars, units included
    diagnosis_pointers: tuple[int, ...]  # 1-based into the encounter's diagnoses
    ndc: str = ""  # National Drug Code as the source writes it
    ndc_units: Decimal | None = None
    ndc_unit_measure: str = ""  # F2, GR, ME, ML, UN


@dataclass(frozen=True, slots=True)
class EhrVisitFacts:
    """What a claim says beside diagnoses and charges, as far as the EHR tells it. Causes are CLM11's: AA auto, EM employment, OA other."""

    accident_causes: tuple[str, ...] = ()
    accident_date: date | None = None
    accident_state: str = ""
    prior_authorization: str = ""
    referral_number: str = ""
    referring_first_name: str = ""
    referring_last_name: str = ""
    referring_npi: str = ""
    supervising_first_name: str = ""
    supervising_last_name: str = ""
    supervising_npi: str = ""
    ordering_first_name: str = ""
    ordering_last_name: str = ""
    ordering_npi: str = ""


NO_FACTS = EhrVisitFacts()


@dataclass(frozen=True, slots=True)
class EhrEncounter:
    """A visit with its charges, ready to bill."""

    source_id: str
    patient_source_id: str
    provider_source_id: str
    location_source_id: str
    service_date: date
    place_of_service: str
    diagnoses: tuple[str, ...]  # ICD-10-CM without the dot
    charges: tuple[EhrCharge, ...]
    checked_out_at: datetime | None = None
    coverages: tuple[EhrCoverage, ...] | None = None  # what this very visit names; None: the patient's as told now
    abn_signed_on: date | None = None  # the patient signed that Medicare may not pay; None: not told
    received_as: str = ""  # public id of the transmission that brought its charges
    facts: EhrVisitFacts = NO_FACTS
    problem: str = ""  # why it is not to be billed as it is told, for a person; nothing else of it then counts


@dataclass(frozen=True, slots=True)
class EhrEvent:
    """A canonical event (our names): appointment.checkout, appointment.changed, or other."""

    name: str
    event_id: str
    appointment_source_id: str = ""


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """`problem` says why the file is not to be read; its payload is then empty. `size` in bytes."""

    name: str
    payload: bytes
    size: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class EhrCapabilities:
    polls_appointments: bool = True
    polls_charges: bool = True
    drops_files: bool = False  # charges come as files: `charge_files`, read by the ChargeFileReader port


class Ehr(Protocol):
    capabilities: EhrCapabilities

    def try_out(self) -> None:
        """Ask for something that changes nothing, so that a person knows whether it answers. Raises ConnectorError."""
        ...

    def appointments(self, first: date, last: date) -> Iterator[EhrAppointment]:
        """One whose record cannot be read is told with its problem; it keeps no other from being told."""
        ...

    def appointment(self, source_id: str) -> EhrAppointment | None:
        """None for what the EHR no longer has, and for a break in the schedule."""
        ...

    def providers(self) -> list[EhrProvider]: ...

    def patient(self, source_id: str) -> EhrPatient: ...

    def patients(self, source_ids: list[str]) -> list[EhrPatient]:
        """Many at once, in as few calls as the vendor allows."""
        ...

    def encounters_ready(self, first: date, last: date) -> Iterator[EhrEncounter]:
        """Completed visits that have charges: of these service dates, and older ones whose charges were posted on them."""
        ...

    def encounter(self, appointment_source_id: str) -> EhrEncounter | None:
        """One visit; None while it has no charges."""
        ...

    def charge_files(self) -> Iterator[DroppedFile]:
        """Every charge file; nothing where `drops_files` is False. One that is too old or too large is named with its problem.

        Reading removes nothing, the journal knows them.
        """
        ...

    def verification_answer(self, message: str) -> dict[str, str]:
        """The reply by which the vendor knows that this address holds its secret; empty where no vendor asks."""
        ...

    def verify_event(self, delivery: WebhookDelivery) -> str:
        """The vendor's event id of a genuine delivery. Raises InvalidSignatureError."""
        ...

    def parse_event(self, delivery: WebhookDelivery) -> EhrEvent:
        """What a delivery that was verified on arrival says. Raises RefusedError where it cannot be read."""
        ...
