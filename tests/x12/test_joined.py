"""Files that were joined to one: whatever a program left between them, each interchange is read by its own delimiters."""

import pytest

from apps.x12 import Delimiters, Document, read, tokens, write_835
from tests.x12.examples import envelope, remittance

FIRST = write_835([remittance(trace_number="EFT1")], envelope())
SECOND = remittance(trace_number="EFT2")
ALIKE = write_835([SECOND], envelope(interchange_number=42))
OTHERS = write_835([SECOND], envelope(interchange_number=42, delimiters=Delimiters("|", ">", "!", "\n")))
MARKED = b"\xef\xbb\xbf"


def payments(document: Document) -> list[tuple[str, str]]:
    """Each payment's interchange and trace number."""
    return [(found.interchange, found.body.trace_number) for found in document.transactions]  # type: ignore[union-attr]


@pytest.mark.parametrize("second", [ALIKE, OTHERS], ids=["alike", "others"])
@pytest.mark.parametrize(
    "between",
    [
        b"",
        b"\x1a",
        b"\n\x1a\n",
        MARKED,
        b"\r\n" + MARKED,
        b"\0" * 500,
        b" " * 20,
        b"\n" * 50,
        b"\x1a\0 " + MARKED + b"\n",
    ],
)
def test_each_interchange_is_read_by_its_own_delimiters(
    between: bytes, second: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for piece in (tokens.PIECE, 7):
        monkeypatch.setattr(tokens, "PIECE", piece)
        document = read(MARKED + FIRST + between + second + b"\0\0\x1a")
        assert (document.errors, payments(document)) == ((), [("000000041", "EFT1"), ("000000042", "EFT2")])


@pytest.mark.parametrize("second", [ALIKE, OTHERS], ids=["alike", "others"])
def test_files_of_another_encoding_are_joined_too(second: bytes) -> None:
    wide = [each.decode().encode("utf-16") for each in (FIRST, second)]
    latin = [each.replace(b"*Example*", "*Muñoz*".encode("latin-1")) for each in (FIRST, MARKED + second)]
    for document in (read(b"".join(wide)), read(b"".join(latin))):
        assert (document.errors, payments(document)) == ((), [("000000041", "EFT1"), ("000000042", "EFT2")])


def test_a_delimiter_is_no_gap() -> None:
    marks = Delimiters("\x1d", "\x1f", "\x1e", "\x1c")
    joined = write_835([remittance()], envelope(delimiters=marks)) + b"\x1a" + ALIKE
    document = read(joined)
    assert (document.errors, len(payments(document))) == ((), 2)
    assert document.interchanges[0].delimiters == marks


def test_text_before_an_isa_is_no_gap() -> None:
    document = read(FIRST.replace(b"CAS*CO*45*", b"ZZISA*00*CO*45*"))
    assert len(document.interchanges) == 1
    assert document.errors
