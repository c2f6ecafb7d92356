"""The segments that a guide has, where its transactions are read as a whole: others are kept as they stand, and named."""

from collections.abc import Mapping

KNOWN: Mapping[tuple[str, str], frozenset[str]] = {
    ("999", "005010X231"): frozenset({"ST", "AK1", "AK2", "IK3", "CTX", "IK4", "IK5", "AK9"}),
    ("277", "005010X214"): frozenset({"ST", "BHT", "HL", "NM1", "TRN", "STC", "QTY", "AMT", "REF", "DTP", "SVC"}),
}
