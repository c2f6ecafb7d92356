"""Where the guides (TR3) place a segment: the loop that it stands in, from the segments before it. Needed only when something is
wrong, so it is looked up then, and readers do not keep track.

A guide is a table: for each loop, the segments that open a loop inside of it; "" is the transaction itself. A key is a segment id,
with its first element (an HL: its third) where that decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

Guide = Mapping[str, Mapping[str, str]]

# No loop of our guides has more segments of its own; noise may.
FARTHEST = 300

_CLAIM: Guide = {
    "": {
        "ST": "",
        "NM1*41": "1000A",
        "NM1*40": "1000B",
        "HL*20": "2000A",
        "HL*22": "2000B",
        "HL*23": "2000C",
        "HL": "",
        "CLM": "2300",
        "LX": "2400",
        "SE": "",
    },
    "2000A": {"NM1*85": "2010AA", "NM1*87": "2010AB", "NM1*PE": "2010AC"},
    "2000B": {"NM1*IL": "2010BA", "NM1*PR": "2010BB"},
    "2000C": {"NM1*QC": "2010CA"},
    "2300": {
        "NM1*DN": "2310A",
        "NM1*P3": "2310A",
        "NM1*82": "2310B",
        "NM1*77": "2310C",
        "NM1*DQ": "2310D",
        "NM1*PW": "2310E",
        "NM1*45": "2310F",
        "SBR": "2320",
    },
    "2320": {
        "NM1*IL": "2330A",
        "NM1*PR": "2330B",
        "NM1*DN": "2330C",
        "NM1*P3": "2330C",
        "NM1*82": "2330D",
        "NM1*77": "2330E",
        "NM1*DQ": "2330F",
        "NM1*85": "2330G",
    },
    "2400": {
        "LIN": "2410",
        "NM1*82": "2420A",
        "NM1*QB": "2420B",
        "NM1*77": "2420C",
        "NM1*DQ": "2420D",
        "NM1*DK": "2420E",
        "NM1*DN": "2420F",
        "NM1*P3": "2420F",
        "NM1*PW": "2420G",
        "NM1*45": "2420H",
        "SVD": "2430",
        "LQ": "2440",
    },
}
_REMITTANCE: Guide = {
    "": {
        "ST": "",
        "N1*PR": "1000A",
        "N1*PE": "1000B",
        "LX": "2000",
        "CLP": "2100",
        "SVC": "2110",
        "PLB": "",
        "SE": "",
    },
}
_IMPLEMENTATION_ACKNOWLEDGMENT: Guide = {
    "": {"ST": "", "AK1": "", "AK2": "2000", "IK3": "2100", "IK4": "2110", "IK5": "2000", "AK9": "", "SE": ""},
}
_CLAIM_ACKNOWLEDGMENT: Guide = {
    "": {"ST": "", "HL*20": "2000A", "HL*21": "2000B", "HL*19": "2000C", "HL*PT": "2000D", "HL": "", "SE": ""},
    "2000A": {"NM1": "2100A", "TRN": "2200A"},
    "2000B": {"NM1": "2100B", "TRN": "2200B"},
    "2000C": {"NM1": "2100C", "TRN": "2200C"},
    "2000D": {"NM1": "2100D", "TRN": "2200D", "SVC": "2220D"},
}
_STATUS_LEVELS = {
    "ST": "",
    "HL*20": "2000A",
    "HL*21": "2000B",
    "HL*19": "2000C",
    "HL*22": "2000D",
    "HL*23": "2000E",
    "HL": "",
    "SE": "",
}
_STATUS_INQUIRY: Guide = {
    "": _STATUS_LEVELS,
    "2000A": {"NM1": "2100A"},
    "2000B": {"NM1": "2100B"},
    "2000C": {"NM1": "2100C"},
    "2000D": {"NM1": "2100D", "TRN": "2200D", "SVC": "2210D"},
    "2000E": {"NM1": "2100E", "TRN": "2200E", "SVC": "2210E"},
}
_STATUS_RESPONSE: Guide = {
    "": _STATUS_LEVELS,
    "2000A": {"NM1": "2100A"},
    "2000B": {"NM1": "2100B", "TRN": "2200B"},
    "2000C": {"NM1": "2100C", "TRN": "2200C"},
    "2000D": {"NM1": "2100D", "TRN": "2200D", "SVC": "2220D"},
    "2000E": {"NM1": "2100E", "TRN": "2200E", "SVC": "2220E"},
}
_ELIGIBILITY_LEVELS = {
    "ST": "",
    "HL*20": "2000A",
    "HL*21": "2000B",
    "HL*22": "2000C",
    "HL*23": "2000D",
    "HL": "",
    "SE": "",
}
_ELIGIBILITY_INQUIRY: Guide = {
    "": _ELIGIBILITY_LEVELS,
    "2000A": {"NM1": "2100A"},
    "2000B": {"NM1": "2100B"},
    "2000C": {"NM1": "2100C", "EQ": "2110C"},
    "2000D": {"NM1": "2100D", "EQ": "2110D"},
}
_ELIGIBILITY_RESPONSE: Guide = {
    "": _ELIGIBILITY_LEVELS,
    "2000A": {"NM1": "2100A"},
    "2000B": {"NM1": "2100B"},
    "2000C": {"NM1": "2100C", "EB": "2110C"},
    "2000D": {"NM1": "2100D", "EB": "2110D"},
    "2110C": {"III": "2115C", "NM1": "2120C", "LE": "2110C"},
    "2110D": {"III": "2115D", "NM1": "2120D", "LE": "2110D"},
}
_GUIDES: Mapping[tuple[str, str], Guide] = {
    ("837", "005010X222"): _CLAIM,
    ("835", "005010X221"): _REMITTANCE,
    ("999", "005010X231"): _IMPLEMENTATION_ACKNOWLEDGMENT,
    ("277", "005010X214"): _CLAIM_ACKNOWLEDGMENT,
    ("276", "005010X212"): _STATUS_INQUIRY,
    ("277", "005010X212"): _STATUS_RESPONSE,
    ("270", "005010X279"): _ELIGIBILITY_INQUIRY,
    ("271", "005010X279"): _ELIGIBILITY_RESPONSE,
}


def loop_of(code: str, version: str, backwards: Iterable[Sequence[str]], missing: str = "") -> str:
    """The loop in which a segment stands, or in which `missing` ("NM1*85") should: "2010AA". `backwards`: the elements of the
    segment and of those before it, their ids first. "" where a segment stands in no loop, or nobody can tell.
    """
    guide = _GUIDES.get((code, version[:10]))
    if guide is None or guide[""].get(missing) == "":
        return ""
    way: list[Sequence[str]] = []
    for elements in islice(backwards, FARTHEST):
        way.append(elements)
        if _opened(guide[""], elements) is not None:
            break
    else:
        return ""
    loop = ""
    for elements in reversed(way):
        loop = _next(guide, loop, elements)
    return _next(guide, loop, missing.split("*")) if missing else loop


def _next(guide: Guide, loop: str, elements: Sequence[str]) -> str:
    """The loop after one more segment: one inside of this loop, else beside it, else beside what it stands in."""
    around: str | None = loop
    while around is not None:
        opened = _opened(guide.get(around, {}), elements)
        if opened is not None:
            return opened
        around = _around(guide, around)
    return loop


def _opened(openers: Mapping[str, str], elements: Sequence[str]) -> str | None:
    at = 3 if elements[0] == "HL" else 1
    qualified = f"{elements[0]}*{elements[at]}" if at < len(elements) else ""
    return openers.get(qualified, openers.get(elements[0]))


def _around(guide: Guide, loop: str) -> str | None:
    if not loop:
        return None
    return next((outer for outer, inner in guide.items() if outer != loop and loop in inner.values()), "")
