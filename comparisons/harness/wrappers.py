"""Models as estimators of scikit-learn, under the names of `keras.wrappers`.

Those lose `fit_kwargs` where they are cloned, as every search does, and give no probabilities.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    RegressorMixin,
    TransformerMixin,
    is_classifier,
)
from sklearn.utils import Tags, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

ROUNDING = 1e-3  # how far the probabilities of a row may add up to something else than 1


class SKLearnModel(BaseEstimator):
    """What the three wrappers share: a model of either half in scikit-learn's form.

    Args:
        model: a compiled model, NumPy's or Keras's, of which each `fit` trains a new one that is
            made and compiled alike; or a function `model(X, y, **model_kwargs)` that gives one.
        warm_start: whether `fit` trains the model of the last `fit` on, or at first the given one
            itself.
        model_kwargs, fit_kwargs: dictionaries, of arguments of that function and of the model's
            `fit`. A grid of `GridSearchCV` holds whole ones.

    Attributes:
        model_: the trained model. history_: what its `fit` returned.
        n_features_in_: the number of columns.
    """

    def __init__(
        self,
        model: Any | Callable[..., Any],
        warm_start: bool = False,
        model_kwargs: dict[str, Any] | None = None,
        fit_kwargs: dict[str, Any] | None = None,
    ):
        self.model = model
        self.warm_start = warm_start
        self.model_kwargs = model_kwargs
        self.fit_kwargs = fit_kwargs

    def fit(self, X: ArrayLike, y: ArrayLike, **kwargs: Any) -> SKLearnModel:
        """Train a model.

        Args:
            X: (samples, columns). y: (samples,), or (samples, outputs) for numbers.
            kwargs: arguments of the model's `fit`, which go before `fit_kwargs`.

        Raises:
            ValueError: for data that do not fit, and for a model that is not compiled.
        """
        X, y = validate_data(self, X, y, multi_output=True, y_numeric=not is_classifier(self))
        targets = self._targets(y)
        model = self._model(X, targets)
        if not getattr(model, "compiled", False):
            raise ValueError(f"`model` is to be or to give a compiled model, not {model!r}.")
        arguments = {"verbose": 0, **(self.fit_kwargs or {}), **kwargs}
        self.history_ = model.fit(X, targets, **arguments)
        self.model_ = model
        return self

    def _model(self, X: np.ndarray, targets: np.ndarray) -> Any:
        """The model to be trained."""
        if self.warm_start and hasattr(self, "model_"):
            return self.model_
        if not hasattr(self.model, "get_compile_config"):
            return self.model(X=X, y=targets, **(self.model_kwargs or {}))
        if self.warm_start:
            return self.model
        model = type(self.model).from_config(self.model.get_config())
        if self.model.compiled:
            model.compile_from_config(self.model.get_compile_config())
        return model

    def _targets(self, y: np.ndarray) -> np.ndarray:
        """What the model learns, (samples, outputs)."""
        self._one_column = y.ndim == 1
        return y.reshape(len(y), -1)

    def _outputs(self, X: ArrayLike) -> np.ndarray:
        """What the model gives."""
        check_is_fitted(self)
        return self.model_.predict(validate_data(self, X, reset=False), verbose=0)

    def __sklearn_clone__(self) -> SKLearnModel:
        """One that is alike; a given model is shared, unless `fit` trains the model itself."""
        model = deepcopy(self.model) if self.warm_start else self.model
        kwargs = deepcopy((self.model_kwargs, self.fit_kwargs))
        return type(self)(model, self.warm_start, *kwargs)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        return tags


class SKLearnClassifier(ClassifierMixin, SKLearnModel):
    """A classifier: the model ends with a unit for each class, also of two, and softmax.

    It learns one-hot labels, so its loss is `"categorical_crossentropy"`; a function that makes it
    sees them in `y`. `classes_` are the classes, in the order of the units.
    """

    __doc__ += SKLearnModel.__doc__.partition("\n")[2]

    def _targets(self, y: np.ndarray) -> np.ndarray:
        """One-hot labels, (samples, classes)."""
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("A classifier can't learn from one class: y holds a single one.")
        return np.eye(len(self.classes_))[labels]

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """The probabilities (samples, classes).

        Raises:
            ValueError: where the model gives something else.
        """
        outputs = self._outputs(X)
        if np.min(outputs) < 0 or np.max(np.abs(outputs.sum(1) - 1)) > ROUNDING:
            raise ValueError("The model gives no probabilities: end it with softmax.")
        return outputs

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The most probable class of each sample."""
        best = self._outputs(X).argmax(1)
        return self.classes_[best]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = False
        return tags


class SKLearnRegressor(RegressorMixin, SKLearnModel):
    """A regressor: the model ends with a unit for each number to be told."""

    __doc__ += SKLearnModel.__doc__.partition("\n")[2]

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The numbers, in the shape of y."""
        outputs = self._outputs(X).astype("float64")  # as scikit-learn's own regressors
        return outputs[:, 0] if self._one_column else outputs


class SKLearnTransformer(TransformerMixin, SKLearnModel):
    """A transformer: what the trained model gives are the columns for the next step."""

    __doc__ += SKLearnModel.__doc__.partition("\n")[2]

    def transform(self, X: ArrayLike) -> np.ndarray:
        """What the model gives, (samples, outputs)."""
        return self._outputs(X)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags
