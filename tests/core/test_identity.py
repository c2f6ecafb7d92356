"""A person's numbers inside raw segments."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from apps.core.identity import masked_segment, masked_segments


@pytest.mark.parametrize(
    ("segment", "shown"),
    [
        ("NM1*IL*1*HATHAWAY*ROSALIND****MI*LP000000417", "NM1*IL*1*HATHAWAY*ROSALIND****MI*••••0417"),
        ("NM1*QC*1*HATHAWAY*ROSALIND****34*900440417", "NM1*QC*1*HATHAWAY*ROSALIND****34*••••0417"),
        ("NM1|82|1|PELL|AMOS||||SY|900440417", "NM1|82|1|PELL|AMOS||||SY|••••0417"),
        ("NM1*82*1*PELL*AMOS****XX*1234567893", "NM1*82*1*PELL*AMOS****XX*1234567893"),
        ("NM1*PR*2*LONE PRAIRIE*****PI*LPHP1", "NM1*PR*2*LONE PRAIRIE*****PI*LPHP1"),
        ("NM1*QC*1*HATHAWAY*ROSALIND", "NM1*QC*1*HATHAWAY*ROSALIND"),
        ("REF*SY*900440417", "REF*SY*••••0417"),
        ("REF*1L*GROUP77", "REF*1L*••••P77"),
        ("REF*EA*MRN123456", "REF*EA*••••3456"),
        ("REF*EI*749876543", "REF*EI*749876543"),
        ("REF*D9*20260928", "REF*D9*20260928"),
        ("DMG*D8*19810714*F", "DMG*D8*••••*F"),
        ("SBR*P*18*GROUP77******CI", "SBR*P*18*••••P77******CI"),
        ("CLP*T1*4*148*0**12*P9001", "CLP*T1*4*148*0**12*P9001"),
        ("DMG", "DMG"),
        ("", ""),
    ],
)
def test_a_segment_keeps_its_shape_and_hides_a_persons_number(segment: str, shown: str) -> None:
    assert masked_segment(segment) == shown


def test_it_is_told_whether_anything_was_hidden() -> None:
    plain = [("Claim", "CLP*T1*4", True)]
    assert masked_segments(plain) == (plain, False)
    assert masked_segments([("Birth", "DMG*D8*19810714", False)]) == ([("Birth", "DMG*D8*••••", False)], True)


def test_no_paragraph_holds_the_form_that_shows_a_number() -> None:
    """A browser ends a paragraph where a form begins, and the rest of the line falls out of it."""
    within = re.compile(r"<p\b[^>]*>(?:(?!</p>).)*\{% identity", re.DOTALL)
    templates = Path(settings.BASE_DIR, "templates").rglob("*.html")
    assert [path.name for path in templates if within.search(path.read_text())] == []
