"""Connectionist temporal classification: sequences whose alignment nobody knows."""

import numpy as np

from reference_numpy.annotations import DType
from reference_numpy.losses.categorical import softmax_in_parts
from reference_numpy.losses.loss import Loss
from reference_numpy.losses.probabilities import class_indices

BLANK = 0


class CTC(Loss):
    """−log of the probability of a label sequence, summed over all its alignments with the steps.

    A path names one class a step; runs of one class are merged and blanks (class 0) dropped to
    give the labels. With p = softmax(x) and s running through the labels l with a blank before,
    between and behind them:

        α_t(s) = (α_{t−1}(s) + α_{t−1}(s−1) + α_{t−1}(s−2)*) p_t(l_s)      paths that begin so
        β_t(s) = Σ of the three β_{t+1}(s′) p_{t+1}(l_s′) likewise         paths that go on so
        loss = −log P,  P = Σ_s α_t(s) β_t(s) for any t
        dx_t(k) = p_t(k) − 1/P Σ_{s: l_s = k} α_t(s) β_t(s)

    where * is left out if l_s is a blank or equals l_{s−2}. All in logarithms. Labels that fit in
    no way (too few steps) have the loss infinity and the gradient 0.

    Shapes:
        y_true: (batch, labels), class numbers from 1 on, filled up with 0
        y_pred: (batch, steps, classes), logits x   values: (batch,)

    Raises:
        ValueError: for other shapes, a label that is no class, or a 0 between labels.

    Source: Graves et al., Connectionist Temporal Classification (2006).
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "ctc",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)

    def forward(self, y_true, y_pred):
        """−log P."""
        if y_true.ndim != 2 or y_pred.ndim != 3 or len(y_true) != len(y_pred):
            raise ValueError(
                f"Loss '{self.name}' expects y_true of shape (batch, labels) and y_pred of shape "
                f"(batch, steps, classes). Received: y_true.shape={y_true.shape}, "
                f"y_pred.shape={y_pred.shape}"
            )
        labels = class_indices(y_true, y_pred.shape[-1], self.name)
        lengths = (labels != BLANK).sum(axis=1)
        if (labels[:, 1:] * (labels[:, :-1] == BLANK)).any():
            raise ValueError(
                f"Loss '{self.name}': `y_true` has labels behind a 0, which fills up the end."
            )
        steps = np.full(len(labels), y_pred.shape[1])
        return ctc_values(y_pred, labels, lengths, steps, BLANK)

    def backward(self, dvalues, cache):
        """p less the expected number of times that each class is emitted at each step."""
        return ctc_backward(dvalues, cache)


def ctc_values(x, labels, lengths, steps, blank):
    """−log P of each sequence, and what `ctc_backward` needs.

    Args:
        x: (batch, steps, classes), logits.
        labels: (batch, labels), class numbers.
        lengths, steps: (batch,), how many of the labels and of the steps count, one or more steps.
        blank: the class number of the blank.
    """
    states, skips = with_blanks(labels, blank)
    shifted, log_sums, p = softmax_in_parts(x, -1)
    emitted = np.take_along_axis(shifted - log_sums, states[:, None, :], axis=-1)
    begun = begin(emitted, skips)
    finals, last = final_states(lengths, states.shape[1], x.dtype), steps - 1
    log_probability = add_logs(begun[np.arange(len(last)), last] + finals)
    return -log_probability, (p, states, skips, emitted, begun, finals, last, log_probability)


def ctc_backward(dvalues, cache):
    """dx: p less the expected number of times that each class is emitted, where a step counts."""
    p, states, skips, emitted, begun, finals, last, log_probability = cache
    ended = end(emitted, skips, finals, last)
    possible = np.isfinite(log_probability)
    log_probability = np.where(possible, log_probability, 0.0)[:, None, None]
    weights = np.exp(begun + ended - log_probability.astype(p.dtype))
    is_class = states[:, :, None] == np.arange(p.shape[-1])
    counts = np.arange(p.shape[1]) <= last[:, None]
    dx = p * counts[..., None] - weights @ is_class.astype(p.dtype)
    return dx * (dvalues * possible)[:, None, None]


def with_blanks(labels, blank):
    """The states (blank, label, blank, …, blank), and to which of them one may skip a blank."""
    batch, count = labels.shape
    states = np.full((batch, 2 * count + 1), blank)
    states[:, 1::2] = labels
    skips = np.zeros(states.shape, bool)
    skips[:, 3::2] = labels[:, 1:] != labels[:, :-1]
    return states, skips


def final_states(lengths, count, dtype):
    """0 for the two states in which a path may end, the last label and the blank after it."""
    behind = 2 * lengths[:, None] - np.arange(count)
    return np.where((behind == 0) | (behind == 1), 0.0, -np.inf).astype(dtype)


def begin(emitted, skips):
    """log α: of the paths up to each step that end in each state, the step's own p included."""
    begun = np.full_like(emitted, -np.inf)
    begun[:, 0, :2] = emitted[:, 0, :2]
    for t in range(1, emitted.shape[1]):
        before = begun[:, t - 1]
        ways = [before, shifted(before, 1), np.where(skips, shifted(before, 2), -np.inf)]
        begun[:, t] = add_logs(np.stack(ways, axis=-1)) + emitted[:, t]
    return begun


def end(emitted, skips, finals, last):
    """log β: of the paths from each state after each step to an end, which is at step `last`."""
    ended = np.full_like(emitted, -np.inf)
    found = np.full_like(finals, -np.inf)
    for t in range(emitted.shape[1] - 1, -1, -1):
        ended[:, t] = np.where((last == t)[:, None], finals, found)
        after = ended[:, t] + emitted[:, t]
        ways = [after, shifted(after, -1), shifted(np.where(skips, after, -np.inf), -2)]
        found = add_logs(np.stack(ways, axis=-1))
    return ended


def shifted(x, steps):
    """x with its columns moved to the right (left if negative), −∞ moving in."""
    moved = np.full_like(x, -np.inf)
    if steps > 0:
        moved[:, steps:] = x[:, :-steps]
    else:
        moved[:, :steps] = x[:, -steps:]
    return moved


def add_logs(x):
    """log Σ e^x along the last axis, −∞ for a sum of nothing."""
    largest = x.max(axis=-1)
    safe = np.where(np.isfinite(largest), largest, 0.0).astype(x.dtype)
    with np.errstate(divide="ignore"):
        return np.log(np.exp(x - safe[..., None]).sum(axis=-1)) + safe
