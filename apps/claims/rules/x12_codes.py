"""Receivers' codes in our own short words. The code lists are X12's; a code that is not here is shown as it stands."""

from collections.abc import Mapping

# 999, IK304: what is wrong with a segment.
SEGMENT_CODES: Mapping[str, str] = {
    "1": "is not a segment of the guide",
    "2": "stands where the guide does not expect it",
    "3": "is required and missing",
    "4": "stands more often than the guide allows",
    "5": "stands in a loop that is used too often",
    "6": "is not used in this transaction",
    "7": "is out of order",
    "8": "has elements with errors",
    "I4": "is not used here",
    "I6": "is missing although what is present asks for it",
    "I7": "is missing although what is present asks for it",
    "I8": "may not be used together with what is present",
    "I9": "may not be used together with what is present",
}
# 999, IK403: what is wrong with an element.
ELEMENT_CODES: Mapping[str, str] = {
    "1": "is required and missing",
    "2": "is required with what is present",
    "3": "stands once too often",
    "4": "is too short",
    "5": "is too long",
    "6": "holds a sign that is not allowed",
    "7": "holds a code that the guide does not know",
    "8": "is not a date",
    "9": "is not a time",
    "10": "may not be used with what is present",
    "12": "has too many repetitions",
    "13": "has too many parts",
    "I6": "holds a value that is not known",
    "I9": "is missing although what is present asks for it",
    "I10": "is not used here",
    "I11": "may not be used together with what is present",
    "I12": "does not fit the pattern",
    "I13": "is missing although what is present asks for it",
}
# 999, IK502: what is wrong with the transaction as a whole.
TRANSACTION_CODES: Mapping[str, str] = {
    "1": "they do not take files of this kind",
    "2": "its end (SE) is missing",
    "3": "the control numbers at its two ends differ",
    "4": "its number of segments is not the one that its end tells",
    "5": "some of its segments have errors",
    "6": "its kind (ST01) is missing or not valid",
    "7": "its control number (ST02) is missing or not valid",
    "15": "their decryption failed",
    "18": "its kind does not belong into this group",
    "19": "its guide (ST03) is not valid",
    "23": "its control number stands on another one of the group",
    "I5": "some of its segments do not follow the guide",
    "I6": "they do not take this version of the guide",
}
# 999, AK905: what is wrong with the group.
GROUP_CODES: Mapping[str, str] = {
    "1": "they do not take groups of this kind",
    "2": "they do not take this version",
    "3": "the group's end (GE) is missing",
    "4": "the control numbers at the group's two ends differ",
    "5": "the group's number of transactions is not the one that its end tells",
    "6": "the group's control number is not valid",
    "15": "their decryption failed",
    "19": "they have had a group of this control number",
}
# What the segments of a claim carry, for those who do not know them by heart.
SEGMENT_NAMES: Mapping[str, str] = {
    "ST": "start of the file",
    "BHT": "heading of the file",
    "HL": "level",
    "PRV": "provider's taxonomy",
    "SBR": "subscriber",
    "PAT": "patient",
    "NM1": "name",
    "N3": "street",
    "N4": "city, state and ZIP",
    "DMG": "birth date and sex",
    "PER": "contact",
    "CLM": "claim",
    "DTP": "date",
    "REF": "reference number",
    "HI": "diagnoses",
    "LX": "line number",
    "SV1": "service line",
    "AMT": "amount",
    "NTE": "note",
}
# TA1, TA105: why a whole interchange is returned.
INTERCHANGE_NOTES: Mapping[str, str] = {
    "001": "the control numbers at its two ends differ",
    "002": "this version of X12 is not taken there",
    "003": "this version of X12 is not supported there",
    "004": "its end of segments cannot be read",
    "005": "the kind of our sender id is not known there",
    "006": "our sender id is not known there",
    "007": "the kind of the receiver id is not known there",
    "008": "the receiver id is not known there",
    "014": "its date is not valid",
    "015": "its time is not valid",
    "018": "its control number is not valid",
    "020": "its test or production mark is not valid",
    "021": "its number of groups is not valid",
    "022": "its control structure is not valid",
    "023": "it ends too early",
    "024": "its content is not valid",
    "025": "they have had a file of this number",
}
# 277CA, STC01-2: what is wrong with a claim.
STATUS_CODES: Mapping[str, str] = {
    "15": "One or more codes do not fit together",
    "16": "It was forwarded to another receiver",
    "17": "It was forwarded to another receiver",
    "19": "It was received",
    "20": "It was accepted for processing",
    "21": "Something is missing or not valid",
    "24": "The entity is not approved for electronic claims",
    "26": "The entity cannot be found",
    "33": "The subscriber and member ID cannot be found",
    "35": "No claim of this number is known",
    "40": "It waits for a payer",
    "54": "It is a duplicate of one that they have",
    "83": "The date of service is not covered",
    "88": "The entity is not eligible on the date of service",
    "90": "The entity is not eligible for medical benefits on the date of service",
    "91": "The entity is not approved on the date of service",
    "97": "Eligibility for the date of service cannot be found",
    "109": "The entity is not eligible",
    "116": "The claim went to the wrong payer",
    "121": "The number of services does not fit",
    "125": "The entity's name does not match",
    "128": "The entity's tax ID does not match",
    "132": "The entity's id does not match",
    "135": "The entity's commercial number does not match",
    "145": "The entity's specialty or taxonomy code does not fit",
    "153": "The entity's id number is missing or wrong",
    "156": "The relationship to the subscriber does not fit",
    "157": "The entity's sex is missing or does not match",
    "158": "The entity's birth date is missing or does not match",
    "159": "The entity's date of death does not fit",
    "162": "The entity's Medicaid number is missing or wrong",
    "163": "The entity's Medicare number is missing or wrong",
    "164": "The entity's member ID is missing or wrong",
    "171": "Other coverage has to be named",
    "178": "The submitted charge does not fit",
    "187": "A date of service is missing or wrong",
    "188": "The statement's dates do not fit",
    "228": "The type of bill does not fit",
    "249": "The place of service does not fit",
    "252": "The authorization number is missing or wrong",
    "254": "The principal diagnosis is missing or wrong",
    "255": "A diagnosis code is missing or wrong",
    "400": "The claim does not balance",
    "448": "The bill type or frequency does not fit",
    "453": "A modifier is missing or does not fit",
    "454": "A procedure code is missing or wrong",
    "464": "The payer's own claim number is missing or wrong",
    "476": "The units are missing or wrong",
    "478": "A charge is missing or wrong",
    "481": "The claim is not complete",
    "483": "It reaches their limits of size",
    "500": "The entity's postal code is missing or wrong",
    "503": "The entity's street is missing or wrong",
    "507": "A HCPCS code is missing or wrong",
    "516": "The adjudication date of the other payer is missing or wrong",
    "562": "The entity's NPI is missing or does not match",
    "585": "The claim was denied or rejected",
    "634": "A remark code explains it",
    "651": "The lines do not sum to the claim",
    "683": "The claim cannot be handled electronically",
    "700": "The payer's id is missing or wrong",
    "732": "The combination of codes is not valid",
}
# 277CA, STC01-1, where no code says more.
CATEGORIES: Mapping[str, str] = {
    "A0": "It was passed on to another receiver",
    "A1": "It was received",
    "A2": "It was accepted for a decision",
    "A3": "It was sent back and is not being decided",
    "A4": "They do not find the claim",
    "A5": "It was accepted and split",
    "A6": "It was rejected: something is missing",
    "A7": "It was rejected: something is not valid",
    "A8": "It was rejected: what it says does not fit together",
}
# 277CA, STC01-3: whom the status speaks of.
ENTITIES: Mapping[str, str] = {
    "1P": "provider",
    "40": "receiver",
    "41": "submitter",
    "77": "place of service",
    "82": "rendering provider",
    "85": "billing provider",
    "DK": "ordering provider",
    "DN": "referring provider",
    "DQ": "supervising provider",
    "IL": "subscriber",
    "PR": "payer",
    "QC": "patient",
}


def status_sentence(code: str, entity: str) -> str:
    """ "The rendering provider's NPI is missing or does not match (562)."; without a known entity it stays general."""
    words = STATUS_CODES.get(code)
    if words is None:
        return f"They give code {code}."
    who = f"The {ENTITIES.get(entity, 'party')}"
    return f"{words.replace('The entity', who, 1)} ({code})."


def file_sentence(codes: Mapping[str, str], code: str) -> str:
    """ "Their check says: its end (SE) is missing (2)." """
    return f"Their check says: {codes.get(code, 'what we cannot read')} ({code})."


def segment_sentence(segment: str, code: str, element: int | None = None) -> str:
    """ "N403, city, state and ZIP: is required and missing." No value of the claim."""
    where = f"{segment}{element:02d}" if element else segment
    name = SEGMENT_NAMES.get(segment)
    known = ELEMENT_CODES if element else SEGMENT_CODES
    meaning = known.get(code, f"does not follow the guide (code {code})")
    return f"{where}, {name}: {meaning}." if name else f"{where} {meaning}."
