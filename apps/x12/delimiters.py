"""The four delimiters of an interchange. Each interchange declares its own in its ISA segment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delimiters:
    """`segment` may be a newline. `repetition` is empty before version 00402, whose ISA11 held something else."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"
