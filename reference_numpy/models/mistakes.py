"""Mistakes that train without a word: a loss that takes one thing and is given another."""

import warnings

import numpy as np

from reference_numpy import activations, losses, metrics, tree
from reference_numpy.layers import (
    BatchNormalization,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Permute,
    Reshape,
)
from reference_numpy.layers.convolutional.convolution_layer import ConvolutionLayer
from reference_numpy.layers.normalization.affine_normalization import AffineNormalization
from reference_numpy.losses import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    Hinge,
    KLDivergence,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)
from reference_numpy.losses.loss import ElementwiseLoss
from reference_numpy.losses.reduction import squeeze_or_expand_to_same_rank
from reference_numpy.metrics.confusion import AtThreshold, ConfusionMetric
from reference_numpy.models.heads import function_behind, last_function

#: how far rounding may take a probability beyond 0 and 1, or a label from its number
ROUNDING = 1e-3
OF_YES_AND_NO = (BinaryCrossentropy, BinaryFocalCrossentropy)
OF_CLASSES = (CategoricalCrossentropy, CategoricalFocalCrossentropy)
OF_SIGNS = (Hinge, SquaredHinge)
OF_NUMBERS = (
    *(losses.MeanSquaredError, losses.MeanAbsoluteError, losses.MeanAbsolutePercentageError),
    *(losses.MeanSquaredLogarithmicError, losses.Huber, losses.LogCosh, losses.HalfSumOfSquares),
)
#: numbers of a sample from which it may be an image, and what its brightest pixel has at least
FEWEST_PIXELS, BRIGHT = 64, 128
PASSING_ON = (Dropout, Flatten, Permute, Reshape)
#: between which values an activation function stays
REACH: dict[type, tuple[float, float]] = {
    **dict.fromkeys((activations.Relu, activations.Softplus, activations.Exponential), (0, np.inf)),
    **dict.fromkeys((activations.Sigmoid, activations.HardSigmoid, activations.Softmax), (0, 1)),
    **dict.fromkeys((activations.Tanh, activations.Softsign, activations.HardTanh), (-1, 1)),
    activations.Relu6: (0, 6),
}


def tell_of_mistakes(model, inputs, targets, outputs):
    """Warn where inputs do not fit a layer, or outputs and targets a loss or metric: a line each.

    Args:
        model: a compiled model.
        inputs: of a batch, in the graph's order.
        targets, outputs: of that batch, beside its outputs; logits where nobody takes what a
            softmax or sigmoid makes of them, whose values are not looked at.
    """
    told, on_logits = [], set()
    if not model.trainable_weights:
        warnings.warn(f"Model '{model.name}' has no weights that are trained.", stacklevel=4)
    rate = getattr(model.optimizer, "learning_rate", None)
    if rate is not None and rate < 0:
        warnings.warn(
            f"Model '{model.name}': the learning rate {rate:.3g} is below 0, so that each step "
            "goes up the loss.",
            stacklevel=4,
        )
    graph, batch = model.graph, len(outputs[0])
    of_layers = *_of_places(graph, inputs), *_of_pixels(graph, inputs)
    for found in (*of_layers, *_of_normalization(graph, batch)):
        warnings.warn(f"Model '{model.name}', {found}", stacklevel=4)
    for term in model.compile_loss.terms if model.compile_loss else ():
        t, y = targets[term.index], outputs[term.index]
        function = function_behind(model.graph, term.index)
        found = _of_outputs(term.loss, function, y) or _of_shapes(term.loss, t, y)
        found = found or _of_labels(term.loss, t)
        found = found or _of_reach(term.loss, last_function(model.graph, term.index), t, y)
        told.append((term.name, found))
        if getattr(term.loss, "from_logits", False) and function is None:
            on_logits.add(term.index)
    for index, group in enumerate(model.compile_metrics.plain if model.compile_metrics else ()):
        for metric in group or ():
            found = _of_metric(metric, targets[index], outputs[index])
            if index in on_logits:
                found = found or _of_metric_on_logits(metric)
            told.append((metric.name, found))
    for name, found in told:
        if found:
            warnings.warn(f"Model '{model.name}', output '{name}': {found}", stacklevel=4)


def tell_of_a_row_left_over(model):
    """Warn of a batch of one row after larger ones, in which BatchNormalization sees no spread.

    Args:
        model: a compiled model.
    """
    for found in _of_normalization(model.graph, 1, (BatchNormalization,)):
        warnings.warn(
            f"Model '{model.name}', a batch of one row that is left over: {found}", stacklevel=4
        )


def _of_places(graph, inputs):
    """The embeddings whose inputs are no places in a vocabulary."""
    given = dict(zip(graph.inputs, inputs))
    for call in graph.calls:
        x = given.get(call.inputs[0]) if isinstance(call.layer, Embedding) else None
        wrong = x[(x < 0) | (x != np.floor(x))] if x is not None else ()
        if len(wrong):
            yield (
                f"layer '{call.layer.name}': Embedding takes whole numbers from 0 and is given "
                f"{wrong[0]:.3g}; negative ones count from the end, parts of a number are cut off."
            )


def _of_pixels(graph, inputs):
    """The dense layers and convolutions that are given images as they are stored."""
    given = dict(zip(graph.inputs, inputs))
    for call in graph.calls:
        x = given.get(call.inputs[0])
        if x is None or x.dtype.kind not in "fiu" or x[0].size < FEWEST_PIXELS:
            continue
        if isinstance(call.layer, PASSING_ON):
            given[call.outputs[0]] = x
        elif isinstance(call.layer, (Dense, ConvolutionLayer)) and _are_pixels(x):
            yield (
                f"layer '{call.layer.name}' is given whole numbers up to {x.max():.0f}, as the "
                "pixels of images are stored; divide them by 255, or begin with Rescaling(1 / 255)."
            )


def _are_pixels(x):
    return x.min() >= 0 and BRIGHT <= x.max() <= 255 and not np.any(x != np.floor(x))


def _of_normalization(graph, batch, kinds=(AffineNormalization,)):
    """The layers of some kinds, here and in nested models, that give β whatever their input."""
    for call in graph.calls:
        layer = call.layer
        if isinstance(getattr(layer, "graph", None), type(graph)):
            yield from _of_normalization(layer.graph, batch, kinds)
        if not isinstance(layer, kinds):
            continue
        shape = batch, *graph.tensors[call.inputs[0]].shape[1:]
        if None not in shape and layer.sharing_moments(shape) == 1:
            over_batch = isinstance(layer, BatchNormalization)
            more = "train with more rows a batch" if over_batch else "leave it out"
            yield (
                f"layer '{layer.name}': {type(layer).__name__} takes the mean of a single number, "
                f"of inputs of shape {shape}, and gives beta whatever they are; {more}."
            )


def tell_of_sorted_classes(targets):
    """Warn where the last samples are to validate with, and the samples are sorted by class."""
    if any(_is_sorted_by_class(t) for t in tree.flatten(targets) if t is not None):
        warnings.warn(
            "`validation_split` takes the last samples, and the samples are sorted by class; "
            "shuffle them first.",
            stacklevel=3,
        )


def _is_sorted_by_class(y):
    """Whether targets are numbers of classes, or one-hot, one class after another."""
    if y.ndim == 2 and y.shape[1] > 1 and np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all():
        y = y.argmax(axis=1)
    if y.size != len(y) or np.any(y != np.floor(y)):
        return False
    steps = np.diff(y.reshape(-1).astype("int64"))
    # Whole numbers that are counts or times change more often.
    return steps.min() >= 0 and 0 < np.count_nonzero(steps) <= len(steps) / 5


def _of_outputs(loss, function, y):
    """What is wrong with an output y, which `function` made, for a loss; None where nothing is."""
    name = type(function).__name__.lower()
    alone = isinstance(function, activations.Softmax) and isinstance(function.axis, int)
    if alone and y.shape[function.axis] == 1:
        return "softmax over a single unit is 1 whatever its input; use sigmoid."
    if isinstance(loss, OF_CLASSES) and y.shape[loss.axis] == 1:
        return (
            f"the loss '{loss.name}' of a single unit is 0 whatever it gives; use "
            "'binary_crossentropy'."
        )
    if function is not None and isinstance(loss, OF_SIGNS):
        return (
            f"the loss '{loss.name}' takes values below and above 0 and is given those of {name}; "
            "leave it out, or use tanh."
        )
    if not hasattr(loss, "from_logits") and not isinstance(loss, KLDivergence) or not y.size:
        return None
    low, high = y.min(), y.max()
    within = low >= -ROUNDING and high <= 1 + ROUNDING
    if getattr(loss, "from_logits", False):
        shared_out = within and not isinstance(loss, OF_YES_AND_NO) and _adds_up(loss, y)
        if function is None and not shared_out:
            return None
        why = f"since the model ends with {name}" if function else "values that add up to 1"
        return (
            f"the loss '{loss.name}' takes logits (from_logits=True) and is given probabilities, "
            f"{why}; leave out one of the two."
        )
    of_one_class = isinstance(loss, (*OF_CLASSES, SparseCategoricalCrossentropy))
    if of_one_class and isinstance(function, activations.Sigmoid):
        return (
            f"the loss '{loss.name}' takes probabilities that add up to 1 over the classes and is "
            "given those of sigmoid, each by itself; use softmax, or 'binary_crossentropy' where "
            "several classes may be right."
        )
    if function is not None or within:
        return None
    end = f"end the model with {'sigmoid' if isinstance(loss, OF_YES_AND_NO) else 'softmax'}"
    or_else = f", or use {type(loss).__name__}(from_logits=True)"
    return (
        f"the loss '{loss.name}' takes probabilities and is given values from {low:.3g} to "
        f"{high:.3g}; {end}{or_else if hasattr(loss, 'from_logits') else ''}."
    )


def _adds_up(loss, y):
    """Whether the values of each entry add up to 1 over its classes."""
    sums = y.sum(axis=getattr(loss, "axis", -1))
    return y.shape[-1] > 1 and bool(np.all(np.abs(sums - 1) <= ROUNDING))


SPARSE = "; for class numbers use 'sparse_categorical_crossentropy'"


def _of_shapes(loss, t, y):
    """What is wrong with the shape of targets t beside an output y; None where nothing is."""
    if not isinstance(loss, ElementwiseLoss) or t is None:
        return None
    t, y = squeeze_or_expand_to_same_rank(t, y)
    pairs = list(zip(reversed(t.shape), reversed(y.shape)))
    if t.shape == y.shape or any(a != b and 1 not in (a, b) for a, b in pairs):
        return None
    return (
        f"the loss '{loss.name}' takes targets of the outputs' shape {y.shape} and is given "
        f"{t.shape}, each to be compared with several; give one for each output"
        f"{SPARSE * (y.shape[-1] > 1)}."
    )


def _of_labels(loss, t):
    """What is wrong with the targets t for a loss; None where nothing is."""
    if t is None or not t.size:
        return None
    t = _without_rounding(t)
    low, high = t.min(), t.max()
    if isinstance(loss, SparseCategoricalCrossentropy) and np.any(t != np.floor(t)):
        return f"the loss '{loss.name}' takes whole numbers of classes and is given parts of them."
    if isinstance(loss, OF_CLASSES) and t.sum(axis=-1).max() > 1 and np.isin(t, (0, 1)).all():
        return (
            f"the loss '{loss.name}' takes labels of one class and is given several; use sigmoid "
            "and 'binary_crossentropy'."
        )
    if not isinstance(loss, OF_YES_AND_NO + OF_SIGNS):
        return None
    if isinstance(loss, OF_SIGNS):
        if low >= -1 and high <= 1:
            return None
        return (
            f"the loss '{loss.name}' takes labels -1 and 1, or 0 and 1, and is given {low:.3g} to "
            f"{high:.3g}; for classes use 'categorical_hinge' and one-hot labels."
        )
    if low >= 0 and high <= 1:
        return None
    return (
        f"the loss '{loss.name}' takes labels from 0 to 1 and is given {low:.3g} to {high:.3g}; "
        "for class numbers use 'sparse_categorical_crossentropy' and a unit for each class."
    )


def _without_rounding(t):
    """Targets t, whole numbers where they nearly are."""
    whole = np.round(t)
    return np.where(np.abs(t - whole) <= ROUNDING, whole, t)


def _of_reach(loss, function, t, y):
    """What is wrong with targets t of an output y, which `function` made; None where nothing is."""
    low, high = REACH.get(type(function), (-np.inf, np.inf))
    if not isinstance(loss, OF_NUMBERS) or getattr(function, "negative_slope", 0):
        return None
    if t is None or not t.size or t.size != y.size:
        return None
    if t.min() >= low - ROUNDING and t.max() <= high + ROUNDING:
        return None
    name = type(function).__name__.lower()
    reach = f"nothing below {low}" if high == np.inf else f"{low} to {high}"
    return (
        f"the model ends with {name}, which gives {reach}, and the targets go from {t.min():.3g} "
        f"to {t.max():.3g}; leave it out, or scale the targets."
    )


def _of_metric(metric, t, y):
    """What is wrong with the targets t beside an output y for a metric; None where nothing is."""
    if t is None or not t.size:
        return None
    yes_or_no = np.isin(_without_rounding(t), (0, 1)).all()
    if isinstance(metric, metrics.BinaryAccuracy) and not yes_or_no:
        return (
            f"the metric '{metric.name}' counts targets that are 0 or 1 and is given "
            f"{t.min():.3g} to {t.max():.3g}; for numbers use 'mae', for yes and no 1 and 0."
        )
    if not isinstance(metric, metrics.CategoricalAccuracy):
        return None
    if t.ndim == y.ndim and t.shape[-1] > 1:
        return None
    other = "binary_accuracy" if y.shape[-1] == 1 else "sparse_categorical_accuracy"
    return f"the metric '{metric.name}' takes one-hot labels; use '{other}', or 'accuracy'."


def _of_metric_on_logits(metric):
    """What is wrong with a metric of an output of logits; None where nothing is."""
    kind = type(metric).__name__
    if getattr(metric, "from_logits", None) is False:
        instead = f"use {kind}(from_logits=True)"
    elif isinstance(metric, (AtThreshold, metrics.FBetaScore)):
        if isinstance(metric, metrics.FBetaScore) and metric.threshold is None:
            return None
        instead = "end the model with sigmoid"
    elif isinstance(metric, (metrics.BinaryAccuracy, metrics.BinaryIoU)) and metric.threshold:
        instead = f"use {kind}(threshold=0)"
    elif type(metric) is not metrics.AUC and isinstance(metric, ConfusionMetric):
        if getattr(metric, "top_k", None) or not any(metric.cutoffs):
            return None
        instead = f"use {kind}(thresholds=0)"
    else:
        return None
    return (
        f"the metric '{metric.name}' takes probabilities and is given logits, as the loss is told "
        f"by from_logits=True; {instead}."
    )
