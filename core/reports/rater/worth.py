"""What a share of a wanted text is worth: two answers on one subject always have some words in common by chance."""

import math

ENOUGH_WEIGHT, OF_TERMS = 13.0, 20
"""Weight of matched terms, in nats, that no chance explains in an answer of so many terms or more: about three words
that few texts have. In a short answer less is enough, for it had fewer chances."""
TRUST_IN_ALL = 0.75
"""How much of the doubt about a few words is taken back where they are all that was wanted."""
STEEPNESS = 1.5


def beyond_chance(share: float, matched: float, *, terms: int) -> float:
    """`share` (0 to 1) of a wanted text, discounted where the terms it rests on weigh little (`matched`, in nats).

    `terms` is how many different ones the whole answer has.

    Half of a wording of two words is one word, and that may stand in any answer.
    """
    enough = ENOUGH_WEIGHT * min(1.0, math.log1p(terms) / math.log1p(OF_TERMS))
    doubt = 1.0 - TRUST_IN_ALL * share
    return float(share * min(1.0, matched / (enough or 1.0)) ** doubt)


def worth(share: float) -> float:
    """Credit, 0 to 1, for a share of 0 to 1: an S-curve through 0, a half and 1 that keeps the order of shares."""
    if not 0.0 < share < 1.0:
        return min(1.0, max(0.0, share))
    odds = (share / (1 - share)) ** STEEPNESS
    return float(odds / (1 + odds))
