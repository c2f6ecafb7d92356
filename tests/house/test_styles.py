"""Every class that the style sheet knows is one that a page may carry."""

import re
from collections.abc import Iterator

from tests.house.sources import ROOT, modules

QUOTED = re.compile(r""""[^"]*"|'[^']*'|`[^`]*`""")
NO_SELECTORS = re.compile(r"/\*.*?\*/|\"[^\"]*\"|url\([^)]*\)", re.DOTALL)
WORD = re.compile(r"[\w-]+")


def quoted() -> Iterator[str]:
    """What pages, scripts and Python write in quotes: a class stands nowhere else."""
    for path in (*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").glob("*.html")):
        # The branches inside an attribute have quotes of their own.
        text = path.read_text()
        yield from re.findall(r"class=\"((?:\{%.*?%\}|[^\"])*)\"", text)
        yield from (each for tag in re.findall(r"\{%.*?%\}", text) for each in QUOTED.findall(tag))
    for path in (ROOT / "static").glob("*.js"):
        yield from QUOTED.findall(path.read_text())
    for module in modules("apps"):
        yield from module.words


def test_no_rule_is_for_a_class_that_nothing_carries() -> None:
    sheet = NO_SELECTORS.sub("", (ROOT / "static/throughline.css").read_text())
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", sheet))
    assert len(known) > 100
    assert known - {word for text in quoted() for word in WORD.findall(text)} == set()
