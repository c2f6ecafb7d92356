"""How the rows of one payer's answer to a claim (one CLP) are kept together: they share their key up to the line's position."""


def row_key(answer: str, position: int) -> str:
    """`position` is the SVC's, from 1; 0 is what is said of the claim as a whole."""
    return f"{answer}:{position}"


def answer_of(key: str) -> str:
    return key.rpartition(":")[0]


def position_of(key: str) -> int:
    return int(key.rpartition(":")[2])
