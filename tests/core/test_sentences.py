import pytest

from apps.core.sentences import inside


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Member ID", "member ID"),
        ("ZIP", "ZIP"),
        ("National Drug Code", "national Drug Code"),
        ("", ""),
        ("A", "a"),
        ("X12 file", "X12 file"),
    ],
)
def test_inside_a_sentence_a_label_begins_small_and_an_abbreviation_stays(words: str, told: str) -> None:
    assert inside(words) == told
