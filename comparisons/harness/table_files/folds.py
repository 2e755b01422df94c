"""Groups of rows dealt to folds, each with its share of every outcome."""

import numpy as np


def deal(
    group: np.ndarray, outcome: np.ndarray, splits: int, generator: np.random.Generator
) -> np.ndarray:
    """The fold of each row; the rows of one group come into the same.

    Of the groups of one kind (so many of each outcome), which are many, every fold gets the same
    number; what is left over goes to the folds that lag behind, large kinds first. One step a kind,
    where scikit-learn's StratifiedGroupKFold takes one a group: minutes for half a million rows.

    Args:
        group, outcome: a whole number from 0 a row.
    """
    counts = np.zeros((group.max() + 1, outcome.max() + 1))
    np.add.at(counts, (group, outcome), 1)
    kinds, kind_of = np.unique(counts, axis=0, return_inverse=True)
    shuffled = generator.permutation(len(counts))
    members = shuffled[np.argsort(kind_of[shuffled], kind="stable")]
    ends = np.cumsum(np.bincount(kind_of))
    fold_of, filled = np.empty(len(counts), int), np.zeros((splits, counts.shape[1]))
    for kind in np.argsort(-kinds.sum(axis=1), kind="stable"):
        own = members[(ends[kind - 1] if kind else 0) : ends[kind]]
        # The squares of what the folds are filled with grow least where this is smallest.
        behind = np.argsort(filled @ (kinds[kind] / counts.sum(axis=0) ** 2), kind="stable")
        fold_of[own] = np.resize(behind, len(own))
        filled += np.bincount(fold_of[own], minlength=splits)[:, np.newaxis] * kinds[kind]
    return fold_of[group]
