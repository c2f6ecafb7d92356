import pytest

from apps.claims.rules.shapes import is_diagnosis, is_npi, is_po_box, is_procedure, is_tax_id


@pytest.mark.parametrize(
    ("text", "valid"),
    [("1234567893", True), ("1234567890", False), ("3234567893", False), ("123456789", False), ("", False)],
)
def test_an_npi_is_ten_digits_with_a_luhn_check(text: str, valid: bool) -> None:
    assert is_npi(text) is valid


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("99213", True),
        ("0001F", True),
        ("0042T", True),
        ("J3301", True),
        ("G0439", True),
        ("9921", False),
        ("9921Z", False),
    ],
)
def test_a_procedure_has_the_shape_of_cpt_or_hcpcs(text: str, valid: bool) -> None:
    assert is_procedure(text) is valid


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("I10", True),
        ("E11.9", True),
        ("S61411A", True),
        ("U071", True),
        ("Z", False),
        ("10I", False),
        ("E11.99999", False),
    ],
)
def test_a_diagnosis_has_the_shape_of_icd_10_cm(text: str, valid: bool) -> None:
    assert is_diagnosis(text) is valid


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PO BOX 1", True),
        ("P. O. Box 1", True),
        ("Post Office Box 1", True),
        ("POB 1", True),
        ("PO BOX12", True),
        ("P.O.Box12", True),
        ("po-box 9", True),
        ("P/O Box 3", True),
        ("12 Po Boxwood Lane", False),
        ("500 Polo Box Road", False),
        ("P.O.B. 12", True),
        ("PO BX 12", True),
        ("Post Office Drawer 7", True),
        ("PO Drawer 7", True),
        ("Caller Box 9", True),
        ("12 Drawer Mill Road", False),
        ("4 Pobiz Street", False),
        ("12 Boxwood Lane", False),
        ("1 Polk Box St", False),
    ],
)
def test_a_po_box_is_known_however_it_is_written(text: str, found: bool) -> None:
    assert is_po_box(text) is found


def test_a_tax_id_of_one_digit_nine_times_is_none() -> None:
    assert not is_tax_id("999999999")
