"""How values look everywhere, and one view for page and fragment."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, QueryDict
from django.template import Context, Template
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxDetails

from apps.core import shown, views
from apps.core.chips import Chip, chip_links
from apps.core.deadlines import due_of
from apps.core.htmx import render_page
from apps.core.identity import masked
from apps.core.status_words import STATUSES, status_of
from apps.core.templatetags import charts, ui

TODAY = date(2026, 9, 16)
NOW = datetime(2026, 9, 16, 20, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def afternoon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.clock.now", lambda: NOW)


def rendered(source: str, **context: object) -> str:
    return Template("{% load charts ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("amount", "books", "patient"),
    [
        (Decimal("1234.5"), "$1,234.50", "$1,234.50"),
        (Decimal("-73.76"), "($73.76)", "\N{MINUS SIGN}$73.76"),
        (0, "$0.00", "$0.00"),
        (None, "", ""),
    ],
)
def test_money_has_cents_and_negatives_stand_out(amount: Decimal | None, books: str, patient: str) -> None:
    assert (shown.money(amount), shown.dollars(amount)) == (books, patient)


@pytest.mark.parametrize(
    ("ratio", "said"), [(Decimal("0.968"), "96.8%"), (1, "100.0%"), (0, "0.0%"), (0.08649, "8.6%"), (None, "No data")]
)
def test_a_rate_without_a_denominator_is_no_data(ratio: Decimal | None, said: str) -> None:
    assert shown.share(ratio) == said


def test_counts_agree_with_their_noun() -> None:
    assert (shown.counted(1, "claim"), shown.counted(1240, "claim"), shown.counted(2, "box,boxes")) == (
        "1 claim",
        "1,240 claims",
        "2 boxes",
    )
    assert (shown.count(12240), shown.count(None)) == ("12,240", "")


def test_a_moment_is_told_in_the_practices_time() -> None:
    late = datetime(2026, 9, 17, 3, 30, tzinfo=UTC)
    assert (ui.moment(late), ui.day(late), shown.time_of_day(late)) == ("Sep 16, 10:30 PM", "Sep 16", "10:30 PM")
    assert shown.time_of_day(datetime(2026, 9, 16, 5, 5, tzinfo=UTC)) == "12:05 AM"


def test_a_day_of_another_year_says_so() -> None:
    assert (ui.day(date(2025, 12, 29)), shown.full_day(TODAY), shown.long_day(TODAY)) == (
        "Dec 29, 2025",
        "Sep 16, 2026",
        "Wednesday, September 16",
    )


def test_no_moment_is_no_text() -> None:
    assert [form(None) for form in (ui.day, shown.full_day, shown.long_day, shown.time_of_day, ui.moment, ui.time)] == [
        ""
    ] * 6


def test_a_time_element_carries_the_exact_value() -> None:
    assert ui.time(NOW) == '<time datetime="2026-09-16T20:05:00+00:00">Sep 16, 3:05 PM</time>'
    assert ui.time(TODAY) == '<time datetime="2026-09-16">Sep 16</time>'


@pytest.mark.parametrize(
    ("days", "shape", "words"),
    [
        (-2, "problem", "2 days over"),
        (-1, "problem", "1 day over"),
        (0, "problem", "Today"),
        (1, "problem", "Tomorrow"),
        (2, "watch", "2 days"),
        (7, "watch", "7 days"),
        (8, "none", "8 days"),
    ],
)
def test_a_deadline_is_marked_by_its_nearness(days: int, shape: str, words: str) -> None:
    due = due_of(TODAY + timedelta(days=days), today=TODAY)
    assert (due.shape, due.words) == (shape, words)


def test_a_deadline_shows_days_then_date_and_its_source_on_hover() -> None:
    html = rendered('{% due on source="Guide 7.3" %}', on=date(2026, 9, 20))
    assert html.strip() == '<span class="due" data-state="watch" title="Guide 7.3"><b>4 days</b> Sep 20</span>'


def test_a_deadline_of_today_may_have_an_hour() -> None:
    assert "<b>Today</b> 3:05 PM" in rendered("{% due on at %}", on=TODAY, at=NOW)


def test_an_unknown_deadline_is_never_guessed() -> None:
    assert rendered("{% due None %}").strip() == '<span class="due" data-state="unknown">Not configured</span>'


def test_a_state_is_a_word_and_a_shape() -> None:
    assert ui.status("partly_denied") == '<span class="pill" data-state="watch">Partly denied</span>'
    assert (ui.status_word("sent", "message"), ui.status_word("sent")) == ("Sent, not confirmed", "Sent")
    assert status_of("something_new") == ("Something new", "off")


def test_every_state_of_every_room_has_its_word() -> None:
    from django.apps import apps

    named = {"state", "status", "verdict", "severity", "outcome", "settlement"}
    unknown = {
        f"{model.__name__}.{field.name}: {value}"
        for model in apps.get_models()
        if model.__module__.startswith("apps.")
        for field in model._meta.get_fields()
        if isinstance(field, models.CharField) and field.name in named and field.choices
        for value, _ in field.flatchoices
        if value and value not in STATUSES and not any(key.endswith(f".{value}") for key in STATUSES)
    }
    assert unknown == set()


def test_a_reason_code_never_stands_alone() -> None:
    html = ui.reason("CO", "197")
    assert "CO-197" in html
    assert "No authorization on file" in html
    assert "patient may not be billed" in html
    assert ui.reason_sentence("0000") == "A reason that we have no words for yet"
    assert ui.remark_sentence("N519") == "Modifier missing or wrong"


def test_small_words_for_codes_numbers_and_names() -> None:
    assert (shown.icd("M1711"), shown.icd("I10"), shown.icd("M17.11")) == ("M17.11", "I10", "M17.11")
    assert (masked("BBX77304418"), masked("12345"), masked("1"), masked("")) == ("•••• 4418", "•••• 45", "••••", "")
    assert (shown.phone("+15125550142"), shown.phone("112")) == ("(512) 555-0142", "112")
    assert shown.phone("ana.5125550142@example.com") == "ana.5125550142@example.com"
    assert (shown.zip_code("787574120"), shown.zip_code("78757"), shown.zip_code("")) == ("78757-4120", "78757", "")
    assert (shown.tax_number("741830269"), shown.tax_number("74")) == ("74-1830269", "74")
    assert (shown.initials("Renee Mary Caldwell"), shown.initials("nadia"), shown.initials("")) == ("RC", "N", "")
    assert (ui.procedure("99213"), ui.procedure("00000")) == ("Follow-up visit, level 3", "")


def request_for(address: str) -> HttpRequest:
    return RequestFactory().get(address)


def test_pages_keep_the_other_filters() -> None:
    page = Paginator(range(120), 50).get_page(2)
    html = rendered('{% pagination page "claims" %}', page=page, request=request_for("/?payer=a&page=2"))
    assert "51 to 100 of 120 claims" in html
    assert 'href="?payer=a&amp;page=1"' in html
    assert 'href="?payer=a&amp;page=3"' in html


def test_a_single_page_offers_no_other() -> None:
    html = rendered("{% pagination page %}", page=Paginator(range(3), 50).get_page(1), request=request_for("/"))
    assert "1 to 3 of 3" in html
    assert "Previous" not in html


def test_a_web_address_is_shown_as_people_read_it_and_ends_a_line_after_a_slash() -> None:
    assert rendered("{{ url|web_address }}", url="https://payer.example.com/") == "payer.example.com"
    shown = rendered("{{ url|web_address }}", url="http://payer.example.com/forms/<a>.pdf")
    assert shown == "payer.example.com/<wbr>forms/<wbr>&lt;a&gt;.pdf"


def test_a_chosen_chip_takes_its_filter_away_and_another_replaces_it() -> None:
    query = QueryDict("payer=a&state=open&page=3")
    links = chip_links(query, "payer", [Chip("a", "Alpha"), Chip("b", "Beta", 4)])
    assert [(link.href, link.chosen) for link in links] == [("?state=open", True), ("?state=open&payer=b", False)]


def test_where_one_choice_always_holds_the_first_is_chosen_and_none_takes_itself_away() -> None:
    choices = [Chip("a", "Alpha"), Chip("b", "Beta")]
    for asked_for, chosen in (("", "a"), ("show=b", "b"), ("show=nothing", "a")):
        links = chip_links(QueryDict(asked_for), "show", choices, home="a")
        assert [(link.href, link.chosen, link.removes) for link in links] == [
            ("?show=a", chosen == "a", False),
            ("?show=b", chosen == "b", False),
        ]


def test_a_column_head_turns_the_order() -> None:
    down = rendered('{% sort_header "due" "Due" %}', request=request_for("/?sort=due&page=2"))
    assert down.strip() == '<th scope="col" aria-sort="ascending"><a href="?sort=-due">Due</a></th>'
    up = rendered('{% sort_header "due" "Due" "money" %}', request=request_for("/?sort=-due"))
    assert up.strip() == '<th scope="col" class="money" aria-sort="descending"><a href="?sort=due">Due</a></th>'


class MemberForm(forms.Form):
    member = forms.CharField(label="Member ID", help_text="As printed on the card")
    agree = forms.BooleanField(label="Send tonight", required=False)


def test_a_field_ties_its_error_and_hint_to_the_input() -> None:
    html = rendered("{% field form.member %}", form=MemberForm({}))
    assert '<label for="id_member">Member ID</label>' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_member_helptext id_member_error"' in html
    assert 'id="id_member_helptext"' in html
    assert 'id="id_member_error"' in html


def test_a_check_box_has_its_words_beside_it() -> None:
    html = rendered("{% field form.agree %}", form=MemberForm())
    assert '<label class="check"><input type="checkbox" name="agree" id="id_agree">Send tonight</label>' in html


def test_a_sparkline_is_drawn_from_what_is_known() -> None:
    svg = charts.spark([1, None, 3], "Rising", target=2, limit=4, go_live=1)
    assert 'aria-label="Rising"' in svg
    assert svg.count("<line") == 3
    assert "M6.0 46.0 194.0 19.3" in svg
    assert "<path" not in charts.spark([], "No data")


def test_a_bar_is_a_share_of_the_whole() -> None:
    assert 'width="25.0%"' in charts.bar(1, 4)
    assert 'class="b2"' in charts.bar(1, 4, 2)
    assert 'width="0.0%"' in charts.bar(0, 0)


# ------------------------------------------------------------------- fragments

PAGE = "workspace/claim_file.html"


class Named:
    control_number, public_id, kind, name, at = "T1", "0000000000000000", "835", "era.835", NOW


def asked(rf: RequestFactory, **headers: str) -> HttpRequest:
    request = rf.get("/", headers=headers)
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]  # as the middleware does
    request.user = AnonymousUser()
    request.resolver_match = None
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]  # as the middleware does
    return request


CONTEXT = {"claim": Named, "file": Named, "segments": [("CLP, claim", "CLP*T1", True)]}


@pytest.mark.django_db
def test_a_plain_or_boosted_request_gets_the_whole_page(rf: RequestFactory) -> None:
    for headers in ({}, {"HX-Request": "true", "HX-Boosted": "true"}):
        text = render_page(asked(rf, **headers), PAGE, CONTEXT, fragment="segments").content.decode()
        assert text.startswith("<!doctype html>")


def test_an_htmx_request_gets_the_fragment_alone(rf: RequestFactory) -> None:
    response = render_page(asked(rf, **{"HX-Request": "true"}), PAGE, CONTEXT, fragment="segments", status=422)
    assert response.status_code == 422
    assert response.content.decode().strip().startswith('<div class="identity"><dl class="segments">')
    assert "HX-Request" in response.headers["Vary"]


def test_messages_travel_with_a_fragment(rf: RequestFactory) -> None:
    request = asked(rf, **{"HX-Request": "true"})
    messages.success(request, "Saved.")
    text = render_page(request, PAGE, CONTEXT, fragment="segments").content.decode()
    assert '<div id="toasts" hx-swap-oob="beforeend">' in text
    assert "<b>Saved.</b>" in text


# ---------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("view", "status", "words"),
    [
        (views.bad_request, 400, "This request could not be read"),
        (views.forbidden, 403, "Your role may not open this"),
        (views.not_found, 404, "There is no such page"),
    ],
)
def test_an_error_is_a_page_for_people(rf: RequestFactory, view: object, status: int, words: str) -> None:
    response = view(asked(rf), Exception("secret detail"))  # type: ignore[operator]  # each takes request and exception
    assert response.status_code == status
    text = response.content.decode()
    assert words in text
    assert "secret detail" not in text
    assert "UNDEFINED_VARIABLE" not in text


def test_a_server_error_asks_nothing_of_the_database(rf: RequestFactory) -> None:
    response = views.server_error(asked(rf))
    assert response.status_code == 500
    assert "Something went wrong here" in response.content.decode()
    assert "UNDEFINED_VARIABLE" not in response.content.decode()


@pytest.mark.parametrize(
    ("view", "status"),
    [(views.bad_request, 400), (views.forbidden, 403), (views.not_found, 404), (views.server_error, 500)],
)
def test_a_patient_meets_no_error_page_of_the_workplace(rf: RequestFactory, view: object, status: int) -> None:
    """Nothing is asked of the database here either."""
    request = rf.get("/pay/bill")
    failure = () if status == 500 else (Exception("secret detail"),)
    response = view(request, *failure)  # type: ignore[operator]  # as Django calls each
    assert response.status_code == status
    text = response.content.decode()
    assert "This page cannot be shown right now" in text
    assert '<section class="stack" lang="es"><h1>Esta página no se puede mostrar ahora</h1>' in text
    for ours in ("Throughline", "Go to Today", "secret detail", "UNDEFINED_VARIABLE"):
        assert ours not in text


@pytest.mark.django_db
def test_a_form_without_its_token_is_told_so(rf: RequestFactory) -> None:
    response = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "This page has expired" in response.content.decode()


@pytest.mark.long
@pytest.mark.django_db
def test_too_many_tries_to_sign_in_are_a_page_for_people() -> None:
    browser = Client(REMOTE_ADDR="203.0.113.77")  # of its own: the limit counts by address
    guess = {"password": "not-the-password"}
    for number in range(40):
        response = browser.post("/account/login/", {**guess, "login": f"somebody{number}@example.org"})
        if response.status_code != 200:
            break
    assert response.status_code == 429
    assert "Too many tries" in response.content.decode()
    assert "Error 429" in response.content.decode()


@pytest.mark.parametrize(
    ("address", "host", "status"), [("/no-such-page/", "testserver", 404), ("/", "elsewhere.example.org", 400)]
)
@pytest.mark.django_db
def test_the_product_answers_with_its_own_error_pages(address: str, host: str, status: int) -> None:
    response = Client().get(address, headers={"host": host})
    assert response.status_code == status
    assert f"Error {status}. Nothing was changed." in response.content.decode()
