"""Losses as operations on targets and outputs: one value a sample, and gradients of both."""

import numpy as np

from reference_numpy import losses
from reference_numpy.losses.binary import (
    binary_crossentropy_derivative,
    binary_crossentropy_elements,
    binary_crossentropy_target_derivative,
)
from reference_numpy.losses.categorical import log_probabilities
from reference_numpy.losses.ctc_loss import ctc_backward, ctc_values
from reference_numpy.losses.probabilities import class_indices
from reference_numpy.operations.operation import Operation


class Comparison(Operation):
    """A target t beside an output y. What is no floating number has no gradient."""

    def check_fits(self, target, wanted):
        """Raise ValueError where the target's shape is another one than the output wants."""
        if len(target) != len(wanted) or any(
            None not in pair and pair[0] != pair[1] for pair in zip(target, wanted)
        ):
            raise ValueError(
                f"Operation '{self.name}': a target of the shape {target} does not fit; the "
                f"output wants {wanted}."
            )


def single_or_more(dtype):
    """Name of the dtype, float32 at least."""
    return np.result_type(dtype, "float32").name if np.dtype(dtype).kind == "f" else "float32"


class BinaryCrossentropy(Comparison, keras="ops.nn"):
    """e = −t log y − (1 − t) log(1 − y), number by number; y a probability or, of it, a logit.

    From probabilities, cut off at ε = `config.epsilon()` and 1 − ε, outside of which y has no
    gradient; from logits x, y = sigmoid(x):

        dy = de ((1 − t) / (1 − y) − t / y)    dt = de (log(1 − y) − log y)
        dx = de (sigmoid(x) − t)               dt = −de x
    """

    def __init__(self, from_logits: bool = False, name: str | None = None):
        super().__init__(name)
        self.from_logits = from_logits

    def forward(self, target, output):
        """The cross-entropies, and what backward needs."""
        return binary_crossentropy_elements(*self.promoted(target, output), self.from_logits)

    def backward(self, dy, cache):
        """Those of target and output."""
        dtarget = dy * binary_crossentropy_target_derivative(cache)
        return dtarget, dy * binary_crossentropy_derivative(cache)

    def shape(self, target, output):
        """The output's."""
        self.check_fits(target, output)
        return output


class CategoricalCrossentropy(Comparison, keras="ops.nn"):
    """e = −Σ_k t_k log p_k along `axis`; dt_k = −de log p_k, and dy as in the loss of this name.

    From logits TensorFlow takes it for granted that Σ t = 1; here dx = de (p Σ t − t) is right for
    other targets too.

    Args:
        from_logits: whether the output is logits rather than probabilities.
        axis: the axis of the classes. (Keras gives the output another shape than it has where this
            is not the last one.)
    """

    def __init__(self, from_logits: bool = False, axis: int = -1, name: str | None = None):
        super().__init__(name)
        self.from_logits, self.axis = from_logits, axis

    def loss(self):
        """The loss, which has the equations."""
        return losses.CategoricalCrossentropy(self.from_logits, axis=self.axis, name=self.name)

    def forward(self, target, output):
        """The cross-entropies, and what backward needs."""
        target, output = self.promoted(target, output)
        values, cache = self.loss().forward(target, output)
        return values, (output, cache)

    def backward(self, dy, cache):
        """Those of target and output."""
        output, cache = cache
        log_p = log_probabilities(output, self.from_logits, self.axis)
        return -np.expand_dims(dy, self.axis) * log_p, self.loss().backward(dy, cache)

    def shape(self, target, output):
        """The output's without the axis of the classes."""
        self.check_fits(target, output)
        return self.without_classes(output)

    def without_classes(self, output):
        """A shape without the axis of the classes."""
        if not -len(output) <= self.axis < len(output):
            raise ValueError(f"Operation '{self.name}': no axis {self.axis} in {output}.")
        axis = self.axis % len(output)
        return (*output[:axis], *output[axis + 1 :])


class SparseCategoricalCrossentropy(CategoricalCrossentropy, keras="ops.nn"):
    """e = −log p_k for the class number k; dy as in the loss of this name.

    Args:
        from_logits, axis: as in `CategoricalCrossentropy`; Keras on TensorFlow takes the last
            axis only.
    """

    def loss(self):
        """The loss, which has the equations."""
        return losses.SparseCategoricalCrossentropy(
            self.from_logits, axis=self.axis, name=self.name
        )

    def promote(self, *arguments):
        """The output's."""
        return super().promote(arguments[1])

    def forward(self, target, output):
        """The cross-entropies, and what backward needs."""
        return self.loss().forward(target, output)

    def backward(self, dy, cache):
        """None for the class numbers, and that of the output."""
        return None, self.loss().backward(dy, cache)

    def shape(self, target, output):
        """The output's without the axis of the classes; the target's may be 1 there."""
        found = self.without_classes(output)
        self.check_fits(target[:-1] if len(target) == len(output) else target, found)
        return found


class CTCLoss(Comparison, keras="ops.nn"):
    """−log P of label sequences, as `losses.CTC` has it, of which lengths say how far they go.

    dx = p less the expected number of times that a class is emitted at a step; 0 for steps beyond
    the length and for labels that fit in no way.

    Shapes:
        target: (batch, labels), class numbers   output: (batch, steps, classes), logits x
        target_length, output_length: (batch,)   y: (batch,)

    Args:
        mask_index: the class number of the blank.

    Raises:
        ValueError: for a label within the length that is no class, and lengths beyond the arrays.
    """

    def __init__(self, mask_index: int = 0, name: str | None = None):
        super().__init__(name)
        self.mask_index = mask_index

    def promote(self, *arguments):
        """The output's, float32 or more."""
        return single_or_more(arguments[1].dtype)

    def forward(self, target, output, target_length, output_length):
        """The losses, and what backward needs."""
        x = output.astype(self.promote(target, output), copy=False)
        _, steps, classes = x.shape
        for lengths, least, most in (
            (target_length, 0, target.shape[1]),
            (output_length, 1, steps),
        ):
            if len(lengths) and (lengths.min() < least or lengths.max() > most):
                raise ValueError(
                    f"Operation '{self.name}': lengths must lie between {least} and {most}. "
                    f"Received: {lengths}"
                )
        blank = self.mask_index % classes
        beyond = np.arange(target.shape[1]) >= target_length[:, None]
        labels = class_indices(np.where(beyond, blank, target), classes, self.name)
        return ctc_values(x, labels, target_length, output_length, blank)

    def backward(self, dy, cache):
        """That of the output."""
        return None, ctc_backward(dy, cache)

    def shape(self, target, output, target_length, output_length):
        """(batch,)."""
        for shape in (output, target_length, output_length):
            self.check_fits(target[:1], shape[:1])
        return target[:1]


class CTCDecode(Operation, keras="ops.nn"):
    """The likeliest class of each step, repetitions merged and blanks dropped, and −Σ its logits.

    Neither has a gradient: the labels are whole numbers, and TensorFlow has none for the sum.

    Shapes:
        inputs: (batch, steps, classes), logits   sequence_lengths: (batch,)
        labels: (1, batch, steps), filled up with −1   scores: (batch, 1)

    Args:
        strategy: `"greedy"`.
        beam_width, top_paths: of the other strategy, kept for the config.
        merge_repeated: whether a class that follows itself counts once.
        mask_index: the class number of the blank.

    Raises:
        NotImplementedError: for the strategy `"beam_search"`.
    """

    def __init__(
        self,
        strategy: str = "greedy",
        beam_width: int = 100,
        top_paths: int = 1,
        merge_repeated: bool = True,
        mask_index: int = 0,
        name: str | None = None,
    ):
        super().__init__(name)
        if strategy != "greedy":
            raise NotImplementedError(
                f"Operation '{self.name}': only `strategy='greedy'` is supported. "
                f"Received: strategy={strategy!r}"
            )
        self.strategy, self.beam_width, self.top_paths = strategy, beam_width, top_paths
        self.merge_repeated, self.mask_index = merge_repeated, mask_index

    def promote(self, *arguments):
        """Those of labels and scores."""
        return "int32", single_or_more(arguments[0].dtype)

    def forward(self, inputs, sequence_lengths):
        """Labels and scores."""
        within = np.arange(inputs.shape[1]) < sequence_lengths[:, None]
        classes, likeliest = inputs.argmax(axis=-1), inputs.max(axis=-1)
        kept = within & (classes != self.mask_index % inputs.shape[-1])
        if self.merge_repeated:
            kept[:, 1:] &= classes[:, 1:] != classes[:, :-1]
        labels = np.full(classes.shape, -1, "int32")
        labels[np.nonzero(kept)[0], (np.cumsum(kept, axis=1) - 1)[kept]] = classes[kept]
        likeliest = np.where(within, likeliest, 0).astype(self.promote(inputs)[1])
        return (labels[None], -likeliest.sum(axis=1, keepdims=True)), None

    def backward(self, dy, cache):
        """None."""
        return (None,)

    def shape(self, inputs, sequence_lengths):
        """(1, batch, steps) and (batch, 1)."""
        return (1, *inputs[:2]), (inputs[0], 1)


class PSNR(Comparison, keras="ops.nn"):
    """y = 20 log₁₀(max_val) − 10 log₁₀(m), m = mean((a − b)²) over all numbers, the batch too.

    da = −db = −20 dy (a − b) / (N m ln 10) for N numbers.

    Args:
        max_val: the largest value that a signal can have.
    """

    def __init__(self, max_val: float, name: str | None = None):
        super().__init__(name)
        self.max_val = max_val

    def forward(self, x1, x2):
        """The ratio, and what backward needs."""
        a, b = self.promoted(x1, x2)
        difference = a - b
        mean = np.square(difference).mean()
        y = 20.0 * np.log10(self.max_val) - 10.0 * np.log10(mean)
        return np.asarray(y, difference.dtype), (difference, mean)

    def backward(self, dy, cache):
        """Those of both signals."""
        difference, mean = cache
        da = difference * (-20.0 / (np.log(10.0) * difference.size) * dy / mean).astype(dy.dtype)
        return da, -da

    def shape(self, x1, x2):
        """()."""
        self.check_fits(x1, x2)
        return ()
