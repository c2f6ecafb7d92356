"""Claims that wait for the scrubber: those of a book, put back to drafts of a practice that is set up. Every fifth has something wrong."""

from datetime import date

from django.core.management import call_command
from django.db.models import F

from apps.claims.models import BatchClaim, Claim
from apps.intake.models import Coverage, Patient
from apps.practice.models import Location, Provider
from tests.bench.book import make_book
from tests.bench.remittance_file import remittance_file
from tests.factories.numbers import FAMILY_MEDICINE
from tests.factories.practice import PracticeFactory


def make_drafts(claims: int) -> None:
    call_command("migrate", verbosity=0)
    make_book(remittance_file(claims))
    practice = PracticeFactory()
    Location.objects.update(**{name: getattr(practice, name) for name in ("line1", "city", "state", "postcode")})
    Provider.objects.update(taxonomy=FAMILY_MEDICINE, confirmed=True)
    Patient.objects.update(birth_date=date(1971, 3, 4))
    BatchClaim.objects.all().delete()
    Claim.objects.update(
        status="draft", scrubbed_at=None, first_submitted_at=None, accepted_at=None, passed_untouched=None
    )
    wrong = Claim.objects.annotate(fifth=F("pk") % 5).filter(fifth=0)
    Patient.objects.filter(claims__in=wrong).update(line1="")
    Coverage.objects.filter(claims__in=wrong.annotate(tenth=F("pk") % 10).filter(tenth=0)).update(member_id="")
