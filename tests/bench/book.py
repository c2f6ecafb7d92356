"""A practice that has billed what a remittance of `remittance_file` answers: patients, visits, claims in flight, charges in the books."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby, islice

from django.db import connection, transaction

from apps.claims.models import Batch, BatchClaim, Claim, ClaimLine
from apps.claims.states import ClaimStatus
from apps.connectors import journal
from apps.connectors.models import Connection
from apps.core.bulk_rows import copy_rows, new_keys
from apps.core.public_ids import new_public_id
from apps.intake.models import VISIT_FACTS, Charge, Coverage, Encounter, Patient
from apps.ledger.services import ChargePosting, post_charges
from apps.practice.models import Location, Payer, Provider
from apps.x12 import stream
from apps.x12.guides.x835 import RemittedClaim, ServiceLine

BILLED_AT = datetime(2026, 7, 30, 22, 0, tzinfo=UTC)
AT_ONCE = 5000
# What neither the visit nor its claim says.
_EMPTY = dict.fromkeys(VISIT_FACTS, "") | {"accident_causes": [], "accident_date": None}
# A charge's key, which of the claims it is of, its number there, and the line that answers it.
_Charged = tuple[int, int, int, ServiceLine]


def make_book(*files: bytes, billed_at: datetime = BILLED_AT, visits_a_day: int | None = None) -> int:
    """A claim for each CLP of the remittance files, all of them accepted by the payer and in flight; how many.

    Each is of a visit of the day when it was billed: `billed_at`, and with `visits_a_day` one day earlier for each so many.
    """
    payer = Payer.objects.create(name="A PLAN", claims_id="60054", remittance_ids="60054 1999999999")
    provider = Provider.objects.create(first_name="Ida", last_name="Grey", npi="1234567893")
    location = Location.objects.create(name="Clinic")
    connection_ = Connection.objects.create(
        name="Way", kind=Connection.Kind.CLEARINGHOUSE, adapter="waystar", settings={}
    )
    remitted = (event for data in files for event in stream(data) if isinstance(event, RemittedClaim))
    total = 0
    for number, chunk in enumerate(iter(lambda: list(islice(remitted, AT_ONCE)), []), start=1):
        days = [timedelta(at // visits_a_day if visits_a_day else 0) for at in range(total, total + len(chunk))]
        billed = [billed_at - earlier for earlier in days]
        rows = _Chunk(chunk, billed, total, payer=payer, provider=provider, location=location)
        rows.write(_batch(number, billed, connection_))
        total += len(chunk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return total


def _batch(number: int, billed: list[datetime], clearinghouse: Connection) -> Batch:
    sent = journal.prepare(
        b"ISA*",
        kind="837P",
        name=f"{number}.837",
        control_number=f"{number:09d}",
        connection=clearinghouse,
        now=billed[0],
    )
    return Batch.objects.create(
        connection=clearinghouse,
        transmission=sent,
        state=Batch.State.ACCEPTED,
        interchange_number=number,
        group_number=number,
        transaction_number=f"{number:04d}",
        reference=f"B{number}",
        claim_count=len(billed),
        total=0,
        created_at=billed[0],
        sent_at=billed[0],
    )


class _Chunk:
    def __init__(
        self,
        remitted: list[RemittedClaim],
        billed: list[datetime],
        start: int,
        *,
        payer: Payer,
        provider: Provider,
        location: Location,
    ) -> None:
        self.remitted, self.billed, self.start = remitted, billed, start
        self.payer, self.provider, self.location = payer, provider, location
        count = len(remitted)
        self.patients, self.coverages = new_keys(Patient, count), new_keys(Coverage, count)
        self.encounters, self.claims = new_keys(Encounter, count), new_keys(Claim, count)
        self.charges = iter(new_keys(Charge, sum(len(claim.lines) for claim in remitted)))

    @transaction.atomic
    def write(self, batch: Batch) -> None:
        copy_rows(Patient, *self._people())
        copy_rows(Coverage, *self._coverages())
        copy_rows(Encounter, *self._encounters())
        charges = list(self._lines())
        copy_rows(Charge, *self._charges(charges))
        copy_rows(Claim, *self._claims())
        copy_rows(ClaimLine, *self._claim_lines(charges))
        accepted = BatchClaim.Answer.ACCEPTED.value
        places = ((batch.pk, claim, True, accepted, at) for claim, at in zip(self.claims, self.billed, strict=True))
        copy_rows(BatchClaim, ("batch", "claim", "in_flight", "answer", "answered_at"), places)
        for billed_at, of_day in groupby(charges, lambda charge: self.billed[charge[1]]):
            posted = [ChargePosting(key, self.patients[at], line.charge, self.payer.pk) for key, at, _, line in of_day]
            post_charges(posted, now=billed_at)

    def _name(self, at: int) -> tuple[str, str]:
        person = self.remitted[at].patient
        return (person.first_name, person.last_name) if person else ("", "")

    def _lines(self) -> Iterator[_Charged]:
        for at, claim in enumerate(self.remitted):
            for number, line in enumerate(claim.lines, start=1):
                yield next(self.charges), at, number, line

    def _people(self) -> tuple[tuple[str, ...], Iterator[tuple[object, ...]]]:
        fields = (
            "id", "public_id", "source", "source_id", "first_name", "last_name", "phone", "email", "language", "corrected",
            "line1", "line2", "city", "state", "postcode", "sex", "revision", "changed_revision", "adopted",
        )  # fmt: skip
        home = ("1 Elm Road", "", "Springfield", "IL", "62704")
        return fields, (
            (
                key,
                new_public_id(),
                "bench",
                str(self.start + at),
                *self._name(at),
                "",
                "",
                "en",
                "{}",
                *home,
                "F",
                0,
                0,
                False,
            )
            for at, key in enumerate(self.patients)
        )

    def _charges(self, charges: list[_Charged]) -> tuple[tuple[str, ...], Iterator[tuple[object, ...]]]:
        fields = (
            "id", "encounter", "source_id", "number", "procedure", "modifiers", "units", "amount", "diagnosis_pointers",
        )  # fmt: skip
        return fields, (
            (key, self.encounters[at], str(number), number, *_service(line)) for key, at, number, line in charges
        )

    def _claim_lines(self, charges: list[_Charged]) -> tuple[tuple[str, ...], Iterator[tuple[object, ...]]]:
        fields = (
            "claim", "charge", "number", "control_number", "procedure", "modifiers", "units", "amount", "diagnosis_pointers",
        )  # fmt: skip
        return fields, (
            (self.claims[at], key, number, line.control_number, *_service(line)) for key, at, number, line in charges
        )

    def _coverages(self) -> tuple[tuple[str, ...], Iterator[tuple[object, ...]]]:
        fields = (
            "id", "public_id", "patient", "payer", "rank", "member_id", "group_number", "relationship",
            "subscriber_first_name", "subscriber_last_name", "subscriber_sex", "medicare_secondary_reason",
        )  # fmt: skip
        return fields, (
            (
                key, new_public_id(), self.patients[at], self.payer.pk, 1,
                self.remitted[at].patient.id if self.remitted[at].patient else "", "", "18", *self._name(at), "F", "",
            )
            for at, key in enumerate(self.coverages)
        )  # fmt: skip

    def _encounters(self) -> tuple[tuple[str, ...], Iterator[tuple[object, ...]]]:
        fields = (
            "id", "public_id", "source", "source_id", "patient", "coverage", "provider", "location", "service_date",
            "place_of_service", "diagnoses", "arrived_at", "arrived_by", "billed_at", "fingerprint",
            *_EMPTY,
        )  # fmt: skip
        return fields, (
            (
                key, new_public_id(), "bench", str(self.start + at), self.patients[at], self.coverages[at],
                self.provider.pk, self.location.pk, billed.date(), "11", ["J0190"], billed, "poll", billed, "",
                *_EMPTY.values(),
            )
            for at, (key, billed) in enumerate(zip(self.encounters, self.billed, strict=True))
        )  # fmt: skip

    def _claims(self) -> tuple[tuple[str, ...], Iterator[tuple[object, ...]]]:
        fields = (
            "id", "public_id", "control_number", "encounter", "patient", "coverage", "payer", "provider", "status",
            "payer_rank", "frequency", "payer_claim_number", "service_date",
            "place_of_service", "diagnoses", "total", "built_at", "scrubbed_revision", "first_submitted_at", "accepted_at",
            *_EMPTY,
        )  # fmt: skip
        return fields, (
            (
                key, new_public_id(), self.remitted[at].control_number, self.encounters[at], self.patients[at],
                self.coverages[at], self.payer.pk, self.provider.pk, ClaimStatus.ACCEPTED.value, 1, "1", "",
                billed.date(), "11", ["J0190"], Decimal(self.remitted[at].charge), billed, 0, billed, billed,
                *_EMPTY.values(),
            )
            for at, (key, billed) in enumerate(zip(self.claims, self.billed, strict=True))
        )  # fmt: skip


def _service(line: ServiceLine) -> tuple[object, ...]:
    """Procedure, modifiers, units, amount, diagnosis pointers."""
    return line.procedure, list(line.modifiers), 1, line.charge, [1]
