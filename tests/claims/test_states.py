import pytest

from apps.claims.states import ADJUDICATED, TRANSITIONS, ClaimStatus, ImpossibleTransitionError, move

ALL_MOVES = [(old, new) for old in ClaimStatus for new in ClaimStatus]


@pytest.mark.parametrize(("old", "new"), [pair for pair in ALL_MOVES if pair[1] in TRANSITIONS[pair[0]]])
def test_a_move_of_the_table_is_made(old: ClaimStatus, new: ClaimStatus) -> None:
    assert move(old, new) is new


@pytest.mark.parametrize(("old", "new"), [pair for pair in ALL_MOVES if pair[1] not in TRANSITIONS[pair[0]]])
def test_any_other_move_raises_and_names_both_states(old: ClaimStatus, new: ClaimStatus) -> None:
    with pytest.raises(ImpossibleTransitionError, match=f"{old.value} cannot become {new.value}"):
        move(old, new)


@pytest.mark.parametrize("old", set(ClaimStatus) - {ClaimStatus.VOIDED})
def test_the_payer_has_the_last_word_wherever_we_believed_the_claim_to_be(old: ClaimStatus) -> None:
    assert TRANSITIONS[old] >= ADJUDICATED


@pytest.mark.parametrize(
    "old", [ClaimStatus.BATCHED, ClaimStatus.SUBMITTED, ClaimStatus.ACKNOWLEDGED, ClaimStatus.ACCEPTED]
)
def test_a_claim_in_flight_cannot_be_batched_again(old: ClaimStatus) -> None:
    assert ClaimStatus.BATCHED not in TRANSITIONS[old]


def test_only_the_scrubber_makes_a_claim_ready() -> None:
    assert [old for old in ClaimStatus if ClaimStatus.READY in TRANSITIONS[old]] == [ClaimStatus.DRAFT]
