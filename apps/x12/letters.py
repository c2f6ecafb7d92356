"""Letters and signs of other languages in those of X12's basic set, which is ASCII."""

import unicodedata

# What Unicode does not decompose into a base letter and its marks: letters with a stroke or a hook, ligatures, letters of their own.
# As passports spell them (ICAO 9303-3, section 6A), but for Ø, which US records write as O.
_SINGLE = ("ÐĐĦŁŊØŦƏƐƆƁƊƘƳƗƵðđħłŋøŧəɛɔɓɗƙƴɨƶıĸμ", "DDHLNOTEEOBDKYIZddhlnoteeobdkyiziku")
_LETTERS = {"Æ": "AE", "Œ": "OE", "Þ": "TH", "ẞ": "SS", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"}
# ʻ and ʼ are letters of Hawaiian and other languages.
_QUOTES = ("’‘ʻʼʾʿʹ‛′“”„″‐–—−⁄×", "'''''''''\"\"\"\"----/x")
_SIGNS = {"±": "+/-", "≤": "<=", "≥": ">="}
_PLAIN = str.maketrans(*_SINGLE) | str.maketrans(*_QUOTES) | str.maketrans(_LETTERS | _SIGNS)


def transliterated(text: str) -> str:
    """Accents go, and what the tables know is spelled in ASCII; the rest stays as it is."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(_PLAIN)
