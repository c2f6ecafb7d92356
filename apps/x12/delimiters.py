"""The four delimiters of an interchange. Each interchange declares its own in its ISA segment."""

from dataclasses import dataclass

ISA_LENGTH = 106
_ISA_ELEMENTS = 16
# An unpadded ISA is shorter than others, one with newlines in it longer; with so many characters at hand it can be judged.
LONGEST_ISA = 4 * ISA_LENGTH


@dataclass(frozen=True, slots=True)
class Delimiters:
    """`segment` may be a newline. `repetition` is empty before version 00402, whose ISA11 held something else."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"


STANDARD = Delimiters()


def detect(text: str, start: int = 0) -> Delimiters | None:
    """The delimiters that the ISA at `start` declares, None if there is no ISA or it cannot be one.

    They stand at fixed places (X12.5 5.3); where a sender did not pad its ISA, they are found by counting elements.
    """
    element = text[start + 3 : start + 4]
    if text[start : start + 3] != "ISA" or not element or element.isalnum() or element in " \r\n":
        return None
    at = start
    for _ in range(_ISA_ELEMENTS):
        at = text.find(element, at + 1, start + LONGEST_ISA - 2)
        if at < 0:
            return None
    component, segment = text[at + 1 : at + 2], text[at + 2 : at + 3]
    if not segment or component.isalnum() or segment.isalnum() or len({element, component, segment}) < 3:
        return None
    elements = text[start:at].split(element)
    repetition = elements[11].strip(" \r\n")
    is_separator = elements[12].strip() >= "00402" and len(repetition) == 1 and not repetition.isalnum()
    return Delimiters(element, component, repetition if is_separator else "", segment)
