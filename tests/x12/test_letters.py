"""Names are written whole: each letter has one of the basic set for it, or the file is refused."""

from dataclasses import replace

import pytest

from apps.x12 import WriteError, write_837p
from tests.x12.examples import SUBSCRIBER, batch, claim, envelope


def name_written(name: str, note: str = "") -> tuple[str, str]:
    data = write_837p(batch(claim(subscriber=replace(SUBSCRIBER, last_name=name), note=note)), envelope()).decode()
    notes = [segment.removeprefix("NTE*ADD*") for segment in data.split("~") if segment.startswith("NTE*")]
    return data.partition("NM1*IL*1*")[2].partition("*")[0], "".join(notes)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Đặng", "Dang"),
        ("Łukasiewicz", "Lukasiewicz"),
        ("Æther", "AEther"),
        ("Þór", "THor"),
        ("Kaʻahumanu", "Ka'ahumanu"),
        ("Yıldız", "Yildiz"),
        ("Œuvre", "OEuvre"),
        ("Guðmundsdóttir", "Gudmundsdottir"),
        ("Sørensen", "Sorensen"),
        ("Ǿrsted", "Orsted"),
        ("Muñoz", "Munoz"),
        ("Weiß", "Weiss"),
        ("Əliyev", "Eliyev"),
        ("O’Neil", "O'Neil"),
        ("O*Neil", "O Neil"),
    ],
)
def test_no_letter_of_a_name_is_lost(name: str, written: str) -> None:
    assert name_written(name)[0] == written


def test_a_letter_without_an_equivalent_is_refused_at_its_place() -> None:
    with pytest.raises(WriteError) as caught:
        name_written("王")
    assert str(caught.value) == "NM103 holds a character that this interchange cannot carry."
    with pytest.raises(WriteError) as caught:
        name_written("Example", "see Иванов")
    assert str(caught.value) == "Claim TL0000001: NTE02 holds a character that this interchange cannot carry."


def test_a_sign_of_a_note_keeps_its_sense_or_becomes_a_space() -> None:
    assert name_written("Example", "½ tablet, ≥ 5 µg → stop") == ("Example", "1/2 tablet, >= 5 ug stop")
