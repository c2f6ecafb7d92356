"""What templates say alike everywhere: values as they read (`apps.core.shown`), states, codes, and the small parts of a page (see
/styleguide/).
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.paginator import Page
from django.forms import BoundField, Form
from django.forms.widgets import CheckboxInput, Select, Textarea
from django.http import QueryDict
from django.template import Library
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.core import clock, file_answers, shown
from apps.core.browser_words import browser_words
from apps.core.chips import Chip, chip_links, chosen_links
from apps.core.deadlines import Due, due_of
from apps.core.procedure_words import procedure_words
from apps.core.readable_names import readable_name
from apps.core.reason_codes import GROUPS, carc_sentence, rarc_sentence
from apps.core.status_words import status_of

register = Library()

for reads in (
    shown.money,
    shown.dollars,
    shown.count,
    shown.share,
    shown.counted,
    shown.full_day,
    shown.long_day,
    shown.time_of_day,
    shown.icd,
    shown.phone,
    shown.unbroken,
    shown.zip_code,
    shown.tax_number,
    shown.initials,
):
    register.filter(reads)


# ----------------------------------------------------------- amounts and dates


@register.simple_tag
def too_long_for_excel(rows: int) -> str:
    """What stands where the workbook of a list would be offered that is longer than one takes; else nothing."""
    most = file_answers.MOST_ROWS
    return f"Excel takes at most {most:,} rows" if rows > most else ""


def _day(value: date) -> str:
    text = f"{value:%b} {value.day}"
    return text if value.year == clock.today().year else f"{text}, {value.year}"


@register.filter
def day(value: date | datetime | None) -> str:
    """ "Oct 29"; with the year when it is not this year's. A moment is taken in the practice's time zone."""
    return "" if value is None else _day(shown.day_at_practice(value))


@register.filter
def moment(value: datetime | None) -> str:
    """ "Oct 29, 3:05 PM" at the practice."""
    return "" if value is None else f"{_day(shown.day_at_practice(value))}, {shown.time_of_day(value)}"


@register.simple_tag
def time(value: datetime | date | None) -> SafeString:
    """A `<time>` element: what `moment` or `day` says, with the exact value for machines."""
    if value is None:
        return SafeString("")
    text = moment(value) if isinstance(value, datetime) else day(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.inclusion_tag("components/due.html")
def due(
    on: date | None, at: datetime | None = None, source: str = "", missing: str = "Not configured"
) -> dict[str, Due | str]:
    """A deadline: days first, then the date; the source on hover. Without a date it says `missing`, never a guess."""
    return {"due": due_of(on, at=at, today=clock.today()), "source": source, "missing": missing}


@register.simple_tag
def figure(name: str, amount: Decimal | int | None) -> SafeString:
    """A cell of a table with an amount, which says what it is where rows are cards; there nothing stands for None."""
    hidden = " c-hide" if amount is None else ""
    return format_html(
        '<td class="money{}"><span class="card-word">{}</span>{}</td>', hidden, name, shown.money(amount)
    )


# ---------------------------------------------------------- states and codes


@register.simple_tag
def status(value: str, kind: str = "") -> SafeString:
    """The badge of a state: word, shape and color from one table. `kind` where a value means different things."""
    known = status_of(value, kind)
    return format_html('<span class="pill" data-state="{}">{}</span>', known.shape, known.word)


@register.simple_tag
def pill(word: str, shape: str) -> SafeString:
    """A badge whose word the page knows better than the table."""
    return format_html('<span class="pill" data-state="{}">{}</span>', shape, word)


@register.filter
def status_word(value: str, kind: str = "") -> str:
    return status_of(value, kind).word


@register.simple_tag
def reason(group: str, carc: str) -> SafeString:
    """A reason code and our own sentence beside it; on hover the group's meaning, and the sentence whole where it is cut."""
    code, sentence = f"{group}-{carc}" if group else carc, carc_sentence(carc)
    return format_html(
        '<span class="reason"><span class="code" title="{}">{}</span><span class="clip" title="{}">{}</span></span>',
        GROUPS.get(group, ""),
        code,
        sentence,
        sentence,
    )


@register.filter
def reason_sentence(carc: str) -> str:
    return carc_sentence(carc)


@register.filter
def remark_sentence(rarc: str) -> str:
    return rarc_sentence(rarc)


@register.filter
def procedure(code: str) -> str:
    """A procedure in our own few words; nothing where we have none."""
    return procedure_words(code)


@register.filter
def web_address(url: str) -> SafeString:
    """ "https://providers.example.com/" as people read it out: "providers.example.com". A line may end after a slash."""
    bare = url.removeprefix("https://").removeprefix("http://").removesuffix("/")
    return format_html_join(SafeString("/<wbr>"), "{}", ((part,) for part in bare.split("/")))


# ------------------------------------------------------------ parts of a page


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A decorative icon of static/icons.svg; the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>', size, static("icons.svg"), name
    )


register.filter("browser", browser_words)
register.filter("readable_name", readable_name)


@register.inclusion_tag("components/empty.html")
def empty(title: str, text: str, href: str = "", label: str = "") -> dict[str, str]:
    """What this page will show, why it is empty, the next step."""
    return {"title": title, "text": text, "href": href, "label": label}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, hint: str = "") -> dict[str, Any]:
    """A form field: label above, hint and errors below, tied to the input for those who hear the page."""
    widget = bound.field.widget
    if str(widget.attrs.get("placeholder", "")).startswith(str(bound.label)):
        del widget.attrs["placeholder"]  # says no more than the label, and vanishes on typing
    look = "select" if isinstance(widget, Select) else "textarea" if isinstance(widget, Textarea) else "input"
    return {
        "field": bound,
        "is_check": isinstance(widget, CheckboxInput),
        "widget": bound.as_widget(attrs={} if isinstance(widget, CheckboxInput) else {"class": look}),
        "hint": hint or bound.help_text,
        "shown": bound.as_hidden(only_initial=True) if bound.field.show_hidden_initial else "",
    }


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: "Page[Any]", noun: str = "") -> dict[str, Any]:
    """ "51 to 100 of 312 claims", previous and next; the other filters of the address stay."""
    return {"page": page, "noun": noun, "previous": _page_link(context, page, -1), "next": _page_link(context, page, 1)}


def _page_link(context: Context, page: "Page[Any]", step: int) -> str:
    if not (page.has_next() if step > 0 else page.has_previous()):
        return ""
    query: QueryDict = context["request"].GET.copy()
    query["page"] = str(page.number + step)
    return f"?{query.urlencode()}"


@register.inclusion_tag("components/chips.html", takes_context=True)
def chips(context: Context, name: str, choices: Sequence[Chip], label: str, home: str = "") -> dict[str, Any]:
    """Filter chips for the parameter `name`: each a link, the chosen one removes itself. With `home` one is always chosen."""
    return {"links": chip_links(context["request"].GET, name, choices, home), "label": label}


@register.inclusion_tag("components/sheet_head.html", takes_context=True)
def sheet_head(context: Context, form: Form | None = None, home: str = "", **chips: Sequence[Chip]) -> dict[str, Any]:
    """Where filters have no room beside their list: the button of the sheet with them, and what is chosen. `chips` by parameter.

    Without `form` the list is narrowed by its chips alone. `home`: as in `chips`.
    """
    links = chosen_links(context["request"].GET, form, chips, home)
    return {"links": links, "label": "Chosen filters", "refused": bool(form and form.errors)}


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: Context, name: str, label: str, classes: str = "") -> dict[str, str]:
    """A column head that sorts by `name`; a second click turns the order. The order is `?sort=` in the address."""
    query: QueryDict = context["request"].GET.copy()
    current = query.get("sort", "")
    query["sort"] = f"-{name}" if current == name else name
    query.pop("page", None)
    order = {name: "ascending", f"-{name}": "descending"}.get(current, "")
    return {"href": f"?{query.urlencode()}", "label": label, "order": order, "classes": classes}


@register.inclusion_tag("components/progress.html")
def progress(title: str, done: int, total: int, detail: str = "") -> dict[str, Any]:
    """Long work with its counts."""
    return {
        "title": title,
        "done": done,
        "total": total,
        "percent": 100 * done // total if total else 0,
        "detail": detail,
    }
