"""Keras's losses, each with its gradient.

`losses.MeanSquaredError()(y_true, y_pred)` is a number; the functions, `losses.mean_squared_error
(y_true, y_pred)`, are the values of the samples. `losses.get` takes the names of both and gives
the class's instance.
"""

from typing import Any

from reference_numpy.losses.binary import BinaryCrossentropy, BinaryFocalCrossentropy
from reference_numpy.losses.categorical import (
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from reference_numpy.losses.categorical_variants import (
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
)
from reference_numpy.losses.circle_loss import Circle
from reference_numpy.losses.ctc_loss import CTC
from reference_numpy.losses.divergence import KLDivergence
from reference_numpy.losses.functions import LossFunction
from reference_numpy.losses.hinges import CategoricalHinge, Hinge, SquaredHinge
from reference_numpy.losses.loss import Loss
from reference_numpy.losses.overlap import Dice, Tversky
from reference_numpy.losses.regression import (
    HalfSumOfSquares,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
)
from reference_numpy.losses.similarity import CosineSimilarity
from reference_numpy.serialization import Family, serialize

binary_crossentropy = LossFunction(BinaryCrossentropy)
binary_focal_crossentropy = LossFunction(BinaryFocalCrossentropy)
categorical_crossentropy = LossFunction(CategoricalCrossentropy)
categorical_focal_crossentropy = LossFunction(CategoricalFocalCrossentropy)
categorical_generalized_cross_entropy = LossFunction(CategoricalGeneralizedCrossEntropy)
categorical_hinge = LossFunction(CategoricalHinge)
circle = LossFunction(Circle)
cosine_similarity = LossFunction(CosineSimilarity)
ctc = LossFunction(CTC)
dice = LossFunction(Dice)
half_sum_of_squares = LossFunction(HalfSumOfSquares)
hinge = LossFunction(Hinge)
huber = LossFunction(Huber)
kl_divergence = LossFunction(KLDivergence)
log_cosh = LossFunction(LogCosh)
mean_absolute_error = LossFunction(MeanAbsoluteError)
mean_absolute_percentage_error = LossFunction(MeanAbsolutePercentageError)
mean_squared_error = LossFunction(MeanSquaredError)
mean_squared_logarithmic_error = LossFunction(MeanSquaredLogarithmicError)
poisson = LossFunction(Poisson)
sparse_categorical_crossentropy = LossFunction(SparseCategoricalCrossentropy)
squared_hinge = LossFunction(SquaredHinge)
tversky = LossFunction(Tversky)

#: the functions by name
functions = {name: value for name, value in vars().items() if isinstance(value, LossFunction)}
_classes = [function.loss_class for function in functions.values()]

_short_names = {
    "bce": BinaryCrossentropy,
    "kld": KLDivergence,
    "mae": MeanAbsoluteError,
    "mape": MeanAbsolutePercentageError,
    "mse": MeanSquaredError,
    "msle": MeanSquaredLogarithmicError,
}
_short_names.update({name.upper(): cls for name, cls in list(_short_names.items())})

# Keras does not have the textbook's loss: its configs carry this package's name.
Family("reference_numpy.losses", "loss", [HalfSumOfSquares])
family = Family(
    "keras.losses",
    "loss",
    [cls for cls in _classes if cls is not HalfSumOfSquares],
    {
        **_short_names,
        "HalfSumOfSquares": HalfSumOfSquares,
        "half_sum_of_squares": HalfSumOfSquares,
    },
)
deserialize = family.deserialize


def get(identifier: Any) -> Any:
    """A loss from its name, its config, its class, its function, or a loss; None stays None.

    Raises:
        ValueError: for an unknown name, and for a function without a gradient.
    """
    if isinstance(identifier, LossFunction):
        return identifier.loss_class()
    loss = family.get(identifier)
    if loss is None or isinstance(loss, Loss):
        return loss
    raise ValueError(
        f"Could not interpret loss identifier: {identifier!r}. A loss needs a gradient: give a "
        "`reference_numpy.losses.Loss` or a name."
    )


__all__ = ["Loss", "LossFunction", "deserialize", "functions", "get", "serialize"]
__all__ += [*functions, *(cls.__name__ for cls in _classes)]
