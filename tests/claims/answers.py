"""Answers as bytes, put together by hand so that no writer of ours judges our reader."""

from apps.claims.models import Batch


def interchange(*segments: str, element: str = "*", end: str = "~") -> bytes:
    isa = "ISA*00*          *00*          *ZZ*CLEARINGHOUSE  *ZZ*741830269      *260917*1405*^*00501*000000077*0*P*:"
    iea = f"IEA*{sum(each.startswith('GS*') for each in segments)}*000000077"
    return "".join(f"{each}{end}" for each in (isa, *segments, iea)).replace("*", element).encode()


def group(code: str, version: str, *segments: str) -> tuple[str, ...]:
    return (f"GS*{code}*CLEARINGHOUSE*741830269*20260917*1405*77*X*{version}", *segments, "GE*1*77")


def ta1(batch: Batch, code: str = "R", note: str = "006") -> bytes:
    return interchange(f"TA1*{batch.interchange_number:09d}*260916*1700*{code}*{note}")


def f999(batch: Batch, status: str, *notes: str, transaction: str | None = None, ak9: str | None = None) -> bytes:
    """`status` is IK501; AK901 is `ak9`, by default the same (R when refused)."""
    body = (
        "ST*999*0001*005010X231A1",
        f"AK1*HC*{batch.group_number}*005010X222A1",
        f"AK2*837*{transaction or batch.transaction_number}*005010X222A1",
        *notes,
        f"IK5*{status}",
        f"AK9*{ak9 or status}*1*1*{1 if status in 'AE' else 0}",
    )
    return interchange(*group("FA", "005010X231A1", *body, f"SE*{len(body) + 1}*0001"))


def f277ca(
    *claims: tuple[str, str],
    reference: str = "",
    role: str = "AY",
    top: str = "A1:19:PR*20260917*WQ",
    provider: str = "",
    element: str = "*",
    end: str = "~",
) -> bytes:
    """`claims` are (CLM01, the STC's elements); `top` and `provider` the STC of 2200B and 2200C."""
    body = [
        "ST*277*0001*005010X214",
        "BHT*0085*08*CH0001*20260917*1405*TH",
        "HL*1**20*1",
        f"NM1*{role}*2*SOMEONE*****46*CH001",
        "TRN*1*CH0001",
        "DTP*050*D8*20260917",
        "DTP*009*D8*20260917",
        "HL*2*1*21*1",
        "NM1*41*2*PECAN ROW FAMILY MEDICINE*****46*741830269",
        f"TRN*2*{reference or 'THEIRS'}",
        f"STC*{top}*148",
        "HL*3*2*19*1",
        "NM1*85*2*PECAN ROW FAMILY MEDICINE*****XX*1482039578",
        "TRN*1*0",
        *([f"STC*{provider}*148"] if provider else []),
    ]
    for number, (control_number, stc) in enumerate(claims, 4):
        body += [
            f"HL*{number}*3*PT",
            "NM1*QC*1*HATHAWAY*ROSALIND****MI*LP000000001",
            f"TRN*2*{control_number}",
            f"STC*{stc}*148",
            f"REF*1K*PAYER{number}",
        ]
    body.append(f"SE*{len(body) + 1}*0001")
    return interchange(*group("HN", "005010X214", *body), element=element, end=end)
