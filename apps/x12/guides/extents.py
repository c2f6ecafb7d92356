"""What the records of each guide hold of its segments. Not listed: segments that are kept whole, and those that only frame others."""

from apps.x12.held import Held, held

_PARTS = (
    "NM1 1 2=1|2| 3-5 7-9",
    "N3 1-2",
    "N4 1-4",
    "PER 1-8",
    "REF 1-4",
    "DTP 1-3",
    "AMT 1-2",
    "QTY 1-2",
    "DMG 1=D8| 2-3",
)
_STATUSES = ("TRN 1=1|2| 2", "STC 1/4 2-9 10/4 11/4 12")
_ELIGIBILITY = (
    "TRN 1-4",
    "PRV 1-3",
    "HI 1-12/2",
    "INS 1=Y|N| 2-4 17",
    "III 1-4",
)

CLAIMS: Held = held(
    *_PARTS,
    "BHT 1=0019| 2-6",
    "NM1 1 2=1|2| 3-5 7-8 8=XX|MI|PI|XV|46| 9",
    "NM1*40 1 2=2| 3 8=46| 9",
    "NM1*41 1 2=1|2| 3-4 8=46| 9",
    "NM1*87 1 2=1|2|",
    "NM1*PR 1 2=2| 3 8-9",
    "NM1*QC 1 2=1| 3-5 7",
    "PRV 1 2=PXC| 3",
    "SBR 1-5 9",
    "PAT 1",
    "CLM 1-2 5/3 6=Y|N| 7-10 11/5 12 20",
    "PWK 1-2 5=AC| 6",
    "NTE 1-2",
    "HI 1-12/2",
    "SV1 1/7 2-5 7/4 9=Y|N| 11=Y|N| 12=Y|N| 15=0|",
    "LIN 2-3",
    "CTP 4 5/1",
    "PS1 1-2",
    "SVD 1-2 3/7 5-6",
    "OI 3-4 6",
    "MOA 1-9",
)
REMITTANCE: Held = held(
    *_PARTS,
    "BPR 1-16",
    "TRN 1=1| 2-4",
    "N1 1-4",
    "LX 1",
    "TS3 1-5",
    "CLP 1-9",
    "MIA 1 4-5 19-23",
    "MOA 1-9",
    "DTM 1-2",
    "SVC 1/6 2-5 6/6 7",
    "LQ 1-2",
    "PLB 1-2 3/2 5/2 7/2 9/2 11/2 13/2 4 6 8 10 12 14-99",
)
# A claim's REF with a field of its own; the others are read whole.
CLAIM_NUMBERS: Held = held("REF 1-2")
REMITTANCE_OPENING: Held = held("REF 1-2", "DTM 1-2", "BPR 1-16", "TRN 1=1| 2-4")

# Those that are read as a whole.
WHOLE: dict[tuple[str, str], Held] = {
    ("999", "005010X231"): held("AK1 1-3", "AK2 1-3", "IK3 1-4", "CTX 1/2", "IK4 1/3 2-4", "IK5 1-6", "AK9 1-9"),
    ("277", "005010X214"): held(*_PARTS, *_STATUSES, "BHT 1=0085| 2=08| 3-5 6=TH|", "SVC 1/6 2-4 7"),
    ("276", "005010X212"): held(*_PARTS, *_STATUSES, "BHT 1=0010| 2=13| 3-5", "SVC 1/6 2 4 7"),
    ("277", "005010X212"): held(*_PARTS, *_STATUSES, "BHT 1=0010| 2=08| 3-5 6=DG|", "SVC 1/6 2-4 7"),
    ("270", "005010X279"): held(*_PARTS, *_ELIGIBILITY, "BHT 1=0022| 2=13| 3-5", "EQ 1 2/6 3-5"),
    ("271", "005010X279"): held(
        *_PARTS,
        *_ELIGIBILITY,
        "BHT 1=0022| 2=11| 3-5",
        "MPI 1-7",
        "AAA 1=Y|N| 3-4",
        "EB 1-12 13/8 14",
        "HSD 1-8",
        "MSG 1",
        "LS 1=2120|",
        "LE 1=2120|",
    ),
}
