"""A letter's page as PDF. Imported only when one is printed: WeasyPrint needs Pango, which a machine may lack."""

from collections.abc import Sequence
from typing import Any, NoReturn

from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from apps.denials.encode.letter import address_line, phone_number
from apps.practice.models import Practice


class NothingFetched(URLFetcher):
    """A letter holds words only: whatever it might refer to is refused, also on this machine."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> NoReturn:  # noqa: ARG002  WeasyPrint's signature
        raise FatalURLFetchingError("A letter may not refer to anything outside itself.")


def to_pdf(html: str) -> bytes:
    weasyprint: Any = HTML  # ships no types
    fetcher: Any = NothingFetched
    return bytes(weasyprint(string=html, url_fetcher=fetcher()).write_pdf())


def letter_pdf(
    *, practice: Practice | None, payer: str, letter_date: str, subject: str, paragraphs: Sequence[str]
) -> bytes:
    return to_pdf(
        render_to_string(
            "denials/letter_pdf.html",
            {
                "practice": practice,
                "practice_address": address_line(practice) if practice else "",
                "practice_phone": phone_number(practice.phone) if practice else "",
                "payer": payer,
                "letter_date": letter_date,
                "subject": subject,
                "paragraphs": paragraphs,
            },
        )
    )
