"""835s as two payers' own systems print them: templates of bytes, other separators, other habits.

`pipes` pads its amounts to cents, puts all adjustments of a group into one CAS, and dates the claim as well as the line.
`terse` sends the least that the guide allows: no line control numbers, no allowed amounts, remarks at the claim only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from apps.sandbox.payers.entries import REVERSAL, Entry, Remittance, pairs_by_segment
from apps.sandbox.wire.identity import RECEIVER_ID, SUBMITTER_ID
from apps.sandbox.world import practice
from apps.sandbox.world.practice import ZONE
from apps.sandbox.world.state import Adjustment, LineResult


@dataclass(frozen=True)
class Template:
    """Each text is whole segments with places to fill; `end` closes a segment, `sep` joins repeated parts."""

    end: str
    sep: str
    component: str
    padded: bool  # amounts with two decimals, else as short as they go
    grouped: bool  # one CAS per group, else one per adjustment
    opening: str
    paid_by: str
    not_paid: str
    parties: str
    claim: str
    member: str
    claim_remarks: str
    line: str
    line_control: str
    allowed: str
    line_remark: str
    closing: str


PIPES = Template(
    end="~\r\n", sep="|", component=":", padded=True, grouped=True,
    opening=(
        "ISA|00|          |00|          |ZZ|{sender:<15}|ZZ|{receiver:<15}|{day:%y%m%d}|{day:%H%M}|^|00501|{control:09d}|0|P|:~\r\n"
        "GS|HP|{payer_id}|{receiver}|{day:%Y%m%d}|{day:%H%M%S}|{control}|X|005010X221A1~\r\n"
    ),
    paid_by="BPR|I|{amount}|C|ACH|CCP|01|113193532|DA|000778123|1{tax_id}||01|113000023|DA|90817265|{day:%Y%m%d}~\r\n",
    not_paid="BPR|H|0.00|C|NON||||||||||||{day:%Y%m%d}~\r\n",
    parties=(
        "TRN|1|{trace}|1{tax_id}~\r\n"
        "REF|EV|{receiver}~\r\n"
        "DTM|405|{day:%Y%m%d}~\r\n"
        "N1|PR|{payer_name}|XV|{payer_id}~\r\n"
        "N3|{street}~\r\n"
        "N4|{city}|{state}|{postcode}~\r\n"
        "PER|CX|PROVIDER LINE|TE|{phone}~\r\n"
        "PER|BL|EDI SUPPORT|TE|{phone}|EX|22~\r\n"
        "N1|PE|{practice}|XX|{npi}~\r\n"
        "REF|TJ|{practice_tax_id}~\r\n"
        "LX|1~\r\n"
    ),
    claim=(
        "CLP|{control}|{outcome}|{charge}|{paid}|{share}|{kind}|{claim_number}|{place}|{frequency}~\r\n"
        "NM1|QC|1|{patient_last}|{patient_first}~\r\n"
    ),
    member="NM1|IL|1|{last}|{first}||||MI|{member_id}~\r\n",
    claim_remarks="MOA|||{remarks}~\r\n",
    line="SVC|HC:{service}|{charge}|{paid}||{units}~\r\nDTM|472|{served:%Y%m%d}~\r\n",
    line_control="REF|6R|{control}~\r\n",
    allowed="AMT|B6|{allowed}~\r\n",
    line_remark="LQ|HE|{remark}~\r\n",
    closing="SE|{count}|0001~\r\nGE|1|{control}~\r\nIEA|1|{control:09d}~\r\n",
)  # fmt: skip
TERSE = Template(
    end="\n", sep="*", component=">", padded=False, grouped=False,
    opening=(
        "ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*{receiver:<15}*{day:%y%m%d}*{day:%H%M}*!*00501*{control:09d}*0*P*>\n"
        "GS*HP*{payer_id}*{receiver}*{day:%Y%m%d}*{day:%H%M}*{control}*X*005010X221A1\n"
    ),
    paid_by="BPR*I*{amount}*C*CHK************{day:%Y%m%d}\n",
    not_paid="BPR*H*0*C*NON************{day:%Y%m%d}\n",
    parties=(
        "TRN*1*{trace}*1{tax_id}\n"
        "N1*PR*{payer_name}\n"
        "N3*{street}\n"
        "N4*{city}*{state}*{postcode}\n"
        "PER*BL**TE*{phone}\n"
        "N1*PE*{practice}*XX*{npi}\n"
        "LX*1\n"
    ),
    claim=(
        "CLP*{control}*{outcome}*{charge}*{paid}*{share}*{kind}*{claim_number}\n"
        "NM1*QC*1*{patient_last}*{patient_first}****MI*{member_id}\n"
    ),
    member="",
    claim_remarks="MOA***{remarks}\n",
    line="SVC*HC>{service}*{charge}*{paid}\nDTM*472*{served:%Y%m%d}\n",
    line_control="",
    allowed="",
    line_remark="",
    closing="SE*{count}*0001\nGE*1*{control}\nIEA*1*{control:09d}\n",
)  # fmt: skip
BY_NAME = {"pipes": PIPES, "terse": TERSE}


def write(found: Remittance, control: int) -> str:
    style = BY_NAME[found.payer.template]
    day = found.when.astimezone(ZONE)
    envelope = {"sender": RECEIVER_ID, "receiver": SUBMITTER_ID, "payer_id": found.payer.payer_id, "control": control}
    body = _head(style, found) + "".join(_claim(style, found, each) for each in found.entries) + _offsets(style, found)
    count = body.count(style.end) + 2
    opening = f"ST{style.sep}835{style.sep}0001{style.end}"
    return (
        style.opening.format(**envelope, day=day) + opening + body + style.closing.format(count=count, control=control)
    )


def _money(style: Template, amount: Decimal) -> str:
    text = f"{amount:.2f}"
    return text if style.padded else text.rstrip("0").rstrip(".")


def _head(style: Template, found: Remittance) -> str:
    payer, day = found.payer, found.when.astimezone(ZONE)
    street, city, state, postcode = payer.address
    payment = style.paid_by if found.amount else style.not_paid
    parties = style.parties.format(
        trace=found.trace, tax_id=payer.tax_id, receiver=SUBMITTER_ID, day=day, payer_name=payer.name.upper(),
        payer_id=payer.payer_id, street=street, city=city, state=state, postcode=postcode, phone=payer.phone[2:],
        practice=practice.NAME.upper(), npi=practice.NPI, practice_tax_id=practice.TAX_ID,
    )  # fmt: skip
    return payment.format(amount=_money(style, found.amount), tax_id=payer.tax_id, day=day) + parties


def _claim(style: Template, found: Remittance, entry: Entry) -> str:
    claim = entry.claim
    last, first, member_id = claim.subscriber
    text = style.claim.format(
        control=claim.control, outcome=entry.outcome, charge=_money(style, entry.charge),
        paid=_money(style, entry.paid), share="" if entry.outcome == REVERSAL else _money(style, entry.patient_share),
        kind=found.payer.remitted_kind, claim_number=entry.claim_number, place=claim.place, frequency=claim.frequency,
        patient_last=claim.patient[0], patient_first=claim.patient[1], member_id=member_id,
    )  # fmt: skip
    text += style.member.format(last=last, first=first, member_id=member_id)
    line_remarks = [] if style.line_remark else [each for result in entry.results for each in result.remarks]
    remarks = list(dict.fromkeys([*entry.remarks, *line_remarks]))
    if remarks:
        text += style.claim_remarks.format(remarks=style.sep.join(remarks[:5]))
    return text + "".join(_line(style, entry, each) for each in entry.results)


def _line(style: Template, entry: Entry, result: LineResult) -> str:
    line = result.line
    service = style.component.join((line.procedure, *line.modifiers))
    text = style.line.format(
        service=service, charge=_money(style, line.charge), paid=_money(style, result.paid), units=line.units,
        served=entry.claim.service_date,
    )  # fmt: skip
    text += "".join(_adjustments(style, result.adjustments))
    if line.control:
        text += style.line_control.format(control=line.control)
    if result.allowed > 0:
        text += style.allowed.format(allowed=_money(style, result.allowed))
    return text + "".join(style.line_remark.format(remark=each) for each in result.remarks)


def _adjustments(style: Template, found: list[Adjustment]) -> Iterator[str]:
    if not style.grouped:
        yield from (_cas(style, each.group, [each]) for each in found)
        return
    for group, members in groupby(sorted(found, key=lambda each: each.group), key=lambda each: each.group):
        yield _cas(style, group, list(members))


def _cas(style: Template, group: str, found: list[Adjustment]) -> str:
    triplets = [part for each in found for part in (each.code, _money(style, each.amount), "")]
    return style.sep.join(["CAS", group, *triplets[:-1]]) + style.end


def _offsets(style: Template, found: Remittance) -> str:
    text = ""
    for pairs in pairs_by_segment(found.offsets):
        parts = [
            f"{each.code}{style.component}{each.reference}{style.sep}{_money(style, each.amount)}" for each in pairs
        ]
        text += style.sep.join(["PLB", practice.NPI, f"{found.when.astimezone(ZONE):%Y}1231", *parts]) + style.end
    return text
