"""Diagnoses that are made for one sex: they name its organ, its pregnancy, or that sex itself.

Medicare listed such codes in the sex conflict edit of its Medicare Code Editor, which it gave up on October 1, 2024; version 41.1 was the
last with the lists (CMS, Definitions of Medicare Code Edits). Other payers still deny them (CARC 10), so that the scrubber warns and does
not stop. The table is our own, by the words of ICD-10-CM, and follows those lists in what it takes in. Left out is what either sex may
bear: Q56, family histories (Z80.4), vasectomy's counseling under Z30.0 and Z30.2, and Z13.32, which is billed on the child's claim.
"""

from functools import lru_cache

FEMALE, MALE = "F", "M"
# Beginnings of codes, or the first and the last of a span of equal length.
_MADE_FOR = {
    FEMALE: (
        "A1816-A1818 A34 A5142 A5402-A5403 A5424 A5602 A5611 A5901 A6003-A6004 B373 "
        "C5001 C5011 C5021 C5031 C5041 C5051 C5061 C5081 C5091 C51-C58 C796 D06 D070-D073 D25-D28 D39 "
        "E28 E894 F5222 F5231 F525 F53 G4382-G4383 I863 L292 M830 "
        "N3502 N3512 N3582 N3592 N70-N77 N80-N98 N9912 N992-N993 N9983 N9985 O00-O9A Q50-Q52 P546 Q96-Q97 R87 "
        "S30814 S30816 S30824 S30826 S30844 S30846 S30854 S30856 S30864 S30866 S30874 S30876 "
        "S30202 S3023 S3095 S3097 S314 S31502 S31512 S31522 S31532 S31542 S31552 S3553 S374-S376 S38002 S3803 S3821 "
        "T192-T193 T2107 T2117 T2127 T2137 T2147 T2157 T2167 T2177 T833 T83711 T83721 "
        "Z014 Z037 Z124 Z1272-Z1273 Z1502 Z1504-Z1505 Z30011-Z30017 Z3041-Z3046 Z3143 Z3181 Z32-Z34 Z36-Z37 Z39 Z3A "
        "Z4002-Z4003 Z4081-Z4082 Z437 Z780 Z8540-Z8544 Z854A Z86001 Z8600A Z8632 Z8741-Z8742 Z875 Z9071-Z9072 Z975 "
        "Z9851 Z98870 Z98891"
    ),
    MALE: (
        "A1814-A1815 A5422-A5423 A5902 A6001-A6002 B260 B3742 B3881 "
        "C5002 C5012 C5022 C5032 C5042 C5052 C5062 C5082 C5092 C60-C63 D074-D076 D176 D29 D40 "
        "E29 E895 F5221 F5232 F524 I861 L291 "
        "N3501 N3511 N3581 N3591 N40-N53 N9911 Q53-Q55 Q98 R361 R3983-R3984 R86 R9381 R972 "
        "S30812-S30813 S30815 S30822-S30823 S30825 S30842-S30843 S30845 S30852-S30853 S30855 S30862-S30863 S30865 S30872-S30873 S30875 "
        "S30201 S3021-S3022 S3093-S3094 S3096 S312-S313 S31501 S31511 S31521 S31531 S31541 S31551 S3782 "
        "S38001 S3801-S3802 S3822-S3823 S39840 "
        "T194 T83410-T83411 T83420-T83421 T83490-T83491 T8361-T8362 T2106 T2116 T2126 T2136 T2146 T2156 T2166 T2176 "
        "Z1271 Z125 Z1503 Z3144 Z412 Z8545-Z8549 Z8743 Z87710 Z9852"
    ),
}
_SPANS = tuple(
    (first, last or first, of)
    for of, spans in _MADE_FOR.items()
    for first, _, last in (span.partition("-") for span in spans.split())
)


@lru_cache(maxsize=20_000)
def made_for(code: str) -> str:
    """FEMALE or MALE of a code without its dot; empty: either may bear it."""
    return next((of for first, last, of in _SPANS if first <= code[: len(first)] <= last), "")
