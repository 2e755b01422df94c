"""Where Keras or one of its backends computes otherwise than the mathematics says.

The reference keeps the mathematics. Each divergence is one file in `known`, from which come
`docs/keras-divergences.md`, what the checks make of a difference, and the tests.
"""

from comparisons.harness.divergences.divergence import DOCUMENT, Divergence, Place, Shows
from comparisons.harness.divergences.reading import DIVERGENCES, named, seen_on

__all__ = ["DIVERGENCES", "DOCUMENT", "Divergence", "Place", "Shows", "named", "seen_on"]
