"""Payers' 271 files for these tests, as bytes: a fixed envelope around the segments that a test is about."""

_HEAD = """ISA*00*          *00*          *ZZ*CLEARING       *ZZ*PECANROW       *260915*1902*^*00501*000000041*0*P*:~
GS*HB*CLEARING*PECANROW*20260915*1902*41*X*005010X279A1~
ST*271*0001*005010X279A1~
BHT*0022*11*E000000041*20260915*1902~
HL*1**20*1~
NM1*PR*2*LONE PRAIRIE HEALTH PLAN*****PI*LPHP1~"""
_RECEIVER = """HL*2*1*21*1~
NM1*1P*2*PECAN ROW FAMILY MEDICINE*****XX*1482039574~"""
_PATIENT = """HL*3*2*22*0~
TRN*2*{trace}*1741830269~
NM1*IL*1*HATHAWAY*ROSALIND****MI*LP000000001~"""
_TAIL = """SE*{count}*0001~
GE*1*41~
IEA*1*000000041~"""


def _file(trace: str, *parts: str) -> bytes:
    body = "\n".join(parts).format(trace=trace)
    count = body.count("~") - 2 + 1
    return f"{body}\n{_TAIL.format(count=count)}\n".encode()


def about_patient(*segments: str, trace: str = "t1") -> bytes:
    """An answer about one subscriber: `segments` follow its NM1."""
    return _file(trace, _HEAD, _RECEIVER, _PATIENT, *(f"{segment}~" for segment in segments))


def about_provider(*segments: str) -> bytes:
    """An answer that ends at the provider (2100B), as for one who may not ask."""
    return _file("", _HEAD, _RECEIVER.replace("*21*1", "*21*0"), *(f"{segment}~" for segment in segments))


def from_payer(*segments: str) -> bytes:
    """An answer that ends at the payer (2100A): out of order, unknown."""
    return _file("", _HEAD.replace("*20*1", "*20*0"), *(f"{segment}~" for segment in segments))
