"""What a grid's page says around its figures."""

from models.grid.measures import NEIGHBOURS
from models.grid.verdict import luck

# Pictures are part of the page; nothing else may be loaded, whatever a label might contain.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
RESULTS = (
    "In brackets: the 95 % interval, of the variance over seeds and of 1,000 bootstrap samples of the test rows "
    "together; of a single seed only of the rows, and so too narrow. Silhouette and kNN accuracy, explained with the "
    "pictures below, are means over seeds."
)
DIFFERENCES = (
    "Each with the same base, seed and test rows on both sides, so that luck which both share cancels out. A "
    "difference is shown to be there only where its 95 % interval does not hold 0."
)
CURVES = (
    "Thick: the mean over seeds; thin: each seed. The training loss includes what a contrastive or triplet loss adds "
    "to cross-entropy, so its height compares only within a loss."
)
SPACE = (
    "Each dot is a test row, placed by t-SNE of its vector, scaled to length 1. t-SNE keeps neighbours and little "
    "else: sizes of clusters and distances between them mean nothing, and clusters may be seen where there are none. "
    "So read the numbers: the silhouette (−1 to 1) says how much closer rows are to their own label than to the "
    f"nearest other; kNN accuracy is how often the {NEIGHBOURS} nearest other test rows, by majority, have a row's own "
    "label. Both are of the vectors, not of the picture, and of the training shown."
)


def luck_of(comparisons: int) -> str:
    """What several intervals at once are worth.

    >>> luck_of(4)
    'Were all losses equally good, about 19 % of grids would still have at least one of 4 such intervals miss 0.'
    """
    if comparisons < 2:
        return ""
    return (
        f"Were all losses equally good, about {luck(comparisons)} of grids would still have at least one of "
        f"{comparisons} such intervals miss 0."
    )
