"""What an uploaded file is by its bytes, and what is refused for what it would do."""

import zlib

import pytest

from apps.claims.rules.document_file import UnacceptableDocumentError, media_type_of

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def packed(objects: bytes, dictionary: bytes = b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode") -> bytes:
    stream = zlib.compress(objects)
    return (
        PDF
        + b"5 0 obj\n<< "
        + dictionary
        + b" /Length %d >>\nstream\n" % len(stream)
        + stream
        + b"\nendstream\nendobj\n"
    )


@pytest.mark.parametrize(
    ("payload", "media_type"),
    [
        (PDF, "application/pdf"),
        (packed(b"1 0 << /Type /Page >>"), "application/pdf"),
        (PDF.replace(b"/Pages", b"/OpenAction [3 0 R /FitH null] /Pages"), "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + b"rest", "image/png"),
        (b"\xff\xd8\xff\xe0" + b"rest", "image/jpeg"),
        (b"II*\x00" + b"rest", "image/tiff"),
        (b"MM\x00*" + b"rest", "image/tiff"),
    ],
)
def test_the_bytes_tell_what_a_file_is(payload: bytes, media_type: str) -> None:
    assert media_type_of(payload) == media_type


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script>", "no PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PDF"),
        (b"PK\x03\x04 word/document.xml", "no PDF"),
        (b"MZ\x90\x00", "no PDF"),
        (b" " + PDF, "no PDF"),
        (PDF.replace(b"/Pages", b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >> /Pages"), "script"),
        (PDF.replace(b"/Pages", b"/OpenAction << /S /J#61vaScript /JS (x) >> /Pages"), "script"),
        (PDF.replace(b"/Pages", b"/AA << /O << /S /Launch >> >> /Pages"), "script"),
        (PDF.replace(b"/Pages", b"/Names << /EmbeddedFiles 4 0 R >> /Pages"), "script"),
        (PDF.replace(b"/Pages", b"/AcroForm << /XFA 4 0 R >> /Pages"), "script"),
        (PDF.replace(b"/Root", b"/Encrypt 9 0 R /Root"), "locked"),
        (packed(b"1 0 << /S /JavaScript /JS (x) >>"), "script"),
        (packed(b"1 0 << /S /JavaScript >>", b"/Type /Obj#53tm /N 1 /First 4 /Filter /FlateDecode"), "script"),
        (packed(b"1 0 << >>", b"/Type /ObjStm /Filter /FlateDecode /DecodeParms << /Predictor 12 >>"), "packed"),
        (packed(b"1 0 << >>", b"/Type /ObjStm /Filter [/ASCII85Decode /FlateDecode]"), "packed"),
        (PDF + b"5 0 obj\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\nnot packed\nendstream\n", "packed"),
    ],
)
def test_what_is_none_of_them_or_would_do_something_is_refused(payload: bytes, why: str) -> None:
    with pytest.raises(UnacceptableDocumentError, match=why):
        media_type_of(payload)


def test_a_pdf_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.claims.rules.document_file._MOST_UNPACKED", 1000)
    with pytest.raises(UnacceptableDocumentError, match="packed"):
        media_type_of(packed(b"0" * 5000))
    with pytest.raises(UnacceptableDocumentError, match="packed"):
        media_type_of(packed(b"0" * 600) + packed(b"0" * 600)[len(PDF) :])
