"""What stands in the oracle for layers of somebody's own that have no backward pass in NumPy.

`differentiated` gives a NumPy layer that has a forward pass alone the backward pass of calculus;
`borrowed` makes a layer of one that Keras alone has, computed by Keras in this process.
"""

import contextlib
import copy
import inspect
import math
from types import ModuleType

import numpy as np

from comparisons.harness.check.borrowed_weights import weights_of
from comparisons.harness.proof.calls import parts_of
from comparisons.harness.proof.draws import numpy_draws, reset_states
from comparisons.harness.proof.precision import computing_in
from reference_numpy import tree
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.symbolic import KerasTensor
from reference_numpy.random import SeedGenerator

# f′ ≈ (f(−2h) − 8 f(−h) + 8 f(h) − f(2h)) / 12h for h = STEP · max(|x|, 1): in float64 the rounding
# of f over h is some 1e-11, far below what float32 resolves, and few kinks are so near.
STEP = 2.0**-17
CENTRAL = np.array([0.0, 1.0, -8.0, 0.0, 8.0, -1.0, 0.0]) / 12
# f′ to the right of a kink near 0 ≈ (−5 f(h) + 8 f(2h) − 3 f(3h)) / 2h
RIGHT = np.array([0.0, 0.0, 0.0, 0.0, -5.0, 8.0, -3.0]) / 2
LEFT = -RIGHT[::-1]
# Beside a kink the derivatives to the right and to the left differ by more than this share.
KINK = 1e-4
ROUNDING = 2.0**-48  # of f, as these weights add it up

# What a layer around a recurrent layer, or around a cell, asks of it.
OF_RECURRENT = (
    *("state_size", "output_size", "go_backwards", "return_sequences", "return_state"),
    *("stateful", "zero_output_for_mask"),
)


def differentiated(cls: type[Layer], name: str) -> type[Layer]:
    """The layer with a backward pass by differences, in float64 whatever it computes in.

    Every number of the inputs and of the weights costs seven calls. At a kink it is the derivative
    to the right or to the left, as a draw decides, so that repetitions show both.

    Args:
        name: of the class in Keras.
    """
    sides = np.random.default_rng(0)

    def forward(self, *args, **kwargs):
        draws = copy.deepcopy(getattr(self, "seed_generator", None))
        return cls.forward(self, *args, **kwargs)[0], (args, kwargs, draws)

    def backward(self, dy, cache):
        args, kwargs, draws = cache
        given = _arguments(forward, self, args, kwargs)
        wide = tree.map_structure(lambda x: x.astype("float64") if _is_float(x) else x, given)
        layer, weights = _with_wide_weights(self)
        cotangents = tree.flatten(dy)

        def terms():
            if draws:
                layer.seed_generator = copy.deepcopy(draws)
            leaves = tree.flatten(cls.forward.__wrapped__(layer, **wide)[0])
            pairs = zip(leaves, cotangents, strict=True)
            return np.concatenate([np.ravel(y * c) for y, c in pairs if _is_float(c)])

        def gradient(x):
            return _differentiated(terms, x, sides).astype(self.compute_dtype)

        dx = [gradient(x) if _is_float(x) else None for x in tree.flatten(wide)]
        return _by_argument(given, dx), [gradient(weight) for weight in weights]

    forward.__signature__ = inspect.signature(cls.forward)
    return type(name, (cls,), {"forward": forward, "backward": backward})


def _with_wide_weights(layer: Layer) -> tuple[Layer, list[np.ndarray]]:
    """A stand-in of a layer whose weights are in float64, and those of them that are trained."""
    wide = {id(w.value): np.array(w.value, "float64") for w in layer.own_weights}
    stand_in = copy.copy(layer)
    for attribute, value in vars(layer).items():
        if id(value) in wide:
            setattr(stand_in, attribute, wide[id(value)])
    return stand_in, [wide[id(w.value)] for w in layer.own_weights if w.trainable]


def _differentiated(terms, x: np.ndarray, sides: np.random.Generator) -> np.ndarray:
    """The derivatives of Σ `terms()` by the entries of x, each of which is moved in place."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        before = float(x[index])
        h = STEP * max(abs(before), 1.0)
        points = []
        for distance in range(-3, 4):
            x[index] = before + distance * h
            points.append(terms())
        x[index] = before
        rounding = ROUNDING * np.abs(points).max(0) / h
        points = np.array(points) - points[3]
        right, left, central = (weights @ points / h for weights in (RIGHT, LEFT, CENTRAL))
        at_kink = np.abs(right - left) > KINK * np.maximum(np.abs(right), np.abs(left)) + rounding
        one_sided = right if sides.integers(2) else left
        gradient[index] = math.fsum(np.where(at_kink, one_sided, central))
    return gradient


def borrowed(keras_class: type, backend: ModuleType, parts: dict[str, object]) -> type[Layer]:
    """A layer of the oracle that Keras's class computes and differentiates, on this backend.

    Args:
        parts: classes and functions of somebody's own that its config may name.
    """

    def forward(self, *args, **kwargs):
        return self.called(args, kwargs)

    forward.__signature__ = inspect.signature(keras_class.call)
    own = {"forward": forward, "keras_class": keras_class, "backend": backend, "parts": parts}
    own |= {name: _of_theirs(name) for name in OF_RECURRENT}
    own |= {name: _array_of_theirs(name) for name in ("kernel", "embeddings")}
    if _defines(keras_class, "compute_mask"):
        own["compute_mask"] = _compute_mask
    if _defines(keras_class, "get_initial_state"):
        own["get_initial_state"] = _get_initial_state
    return type(keras_class.__name__, (Borrowed,), own)


def borrows(layer: Layer) -> bool:
    """Whether Keras computes the layer, or a part of it."""
    return any(isinstance(part, Borrowed) for part in parts_of(layer))


class Borrowed(Layer):
    """What `borrowed` makes: the layer's weights are here, its code is Keras's.

    Layers around it, as `TimeDistributed`, `Bidirectional` or `RNN`, find what they ask of theirs.

    Args:
        config: the Keras layer's; its `dtype` is the precision that it computes in.

    Attributes:
        adds_losses: whether its last call added a loss of its own (`add_loss`).
    """

    keras_class = backend = parts = None

    def __init__(self, config: dict):
        import keras

        self.config, self.adds_losses = config, False
        policy = config.get("dtype", "float32")
        self.precision = policy["config"]["name"] if isinstance(policy, dict) else policy
        scope = keras.saving.custom_object_scope(self.parts)
        with computing_in(self.backend, self.precision), scope:
            self.theirs = self.keras_class.from_config(dict(config))  # a Lambda changes it
        super().__init__(
            name=self.theirs.name, trainable=self.theirs.trainable, dtype=self.precision
        )
        self.supports_masking = self.theirs.supports_masking
        self.seed_generator = SeedGenerator()  # in its place comes what all layers draw from

    @classmethod
    def from_config(cls, config):
        """The layer from Keras's config of it."""
        return cls(config)

    def get_config(self):
        """Keras's config of it."""
        return dict(self.config)

    def prepare(self, args, kwargs):
        """Let Keras build its layer for a call."""
        if not self.built:
            self._outputs(args, kwargs)
            self._take_weights()

    def build(self, *shapes):
        """Let Keras build its layer for shapes, which are all that a layer around it knows."""
        with computing_in(self.backend, self.precision):
            self.theirs.build(*shapes)
        self._take_weights()

    def _take_weights(self):
        self.own_weights += weights_of(self.theirs)
        self.built = True

    def _outputs(self, args, kwargs):
        """What Keras says of the outputs: a structure of symbolic tensors."""
        import keras

        def symbol(leaf):
            if not hasattr(leaf, "shape"):
                return leaf
            return keras.KerasTensor(leaf.shape, np.dtype(leaf.dtype).name)

        args, kwargs = tree.map_structure(symbol, (list(args), dict(kwargs)))
        with computing_in(self.backend, self.precision):
            return self.theirs(*args, **kwargs)

    def shape_arguments(self, method, args, kwargs):
        """The call itself."""
        return {"call": (args, kwargs)}

    def compute_output_shape(self, *shapes, call=None):
        """Shape of the output, as Keras says it: of a call, or of shapes alone."""
        if call is None and _defines(self.keras_class, "compute_output_shape"):
            with computing_in(self.backend, self.precision):
                return tree.map_shapes(tuple, self.theirs.compute_output_shape(*shapes))
        if call is None:
            dtype = self.compute_dtype
            call = tree.map_shapes(lambda shape: KerasTensor(shape, dtype), list(shapes)), {}
        return tree.map_structure(lambda y: tuple(y.shape), self._outputs(*call))

    def load_own_variables(self, store):
        """Nothing: Keras reads them, with those of parts that it alone knows of."""

    def reset_state(self):
        """Make the kept states of a stateful layer zeros."""
        with computing_in(self.backend, self.precision):
            reset_states(self.theirs)

    def called(self, args, kwargs):
        """The outputs, and what backward needs: arguments, draws and weights before the call."""
        import keras

        if kwargs.get("training") and _has_masks_of_steps(self.theirs):
            raise ValueError(
                f"Layer '{self.name}': the dropout masks of a cell hold for all steps, which Keras "
                f"cannot draw here. Give {self.keras_class.__name__} a NumPy half."
            )
        cache = args, kwargs, copy.deepcopy(self.seed_generator), self.get_weights()
        with self._computing(cache[-1]), numpy_draws(self.seed_generator):
            y = self.theirs(*_tensors(args), **_tensors(kwargs))
            y = tree.map_structure(keras.ops.convert_to_numpy, y)
            for weight, variable in zip(self.weights, self.theirs.weights, strict=True):
                weight[...] = keras.ops.convert_to_numpy(variable)
            penalized = sum(v.regularizer is not None for v in self.theirs.trainable_variables)
            self.adds_losses = len(self.theirs.losses) > penalized
        return y, cache

    def backward(self, dy, cache):
        """The gradients by the backend, from the same draws and weights."""
        args, kwargs, draws, weights = cache
        given = _arguments(type(self).forward, self, args, kwargs)
        leaves = tree.flatten(given)

        def call(floats):
            floats = iter(floats)
            filled = [next(floats) if _is_float(x) else _tensors(x) for x in leaves]
            with numpy_draws(copy.deepcopy(draws)):  # the same, however often it is called
                return self.theirs(**tree.pack_like(given, filled))

        with self._computing(weights):
            floats = [x for x in leaves if _is_float(x)]
            trained = self.theirs.trainable_variables
            _, dx, grads = self.backend.outputs_and_gradients(
                call, floats, trained, tree.flatten(dy)
            )
        dx = iter(dx)
        return _by_argument(given, [next(dx) if _is_float(x) else None for x in leaves]), grads

    @contextlib.contextmanager
    def _computing(self, weights: list[np.ndarray]):
        """Keras as it computes in the layer's precision, with these weights."""
        with computing_in(self.backend, self.precision):
            self.theirs.trainable = self.trainable
            self.theirs.set_weights(weights)
            yield


def _compute_mask(self, inputs, previous_mask=None):
    """The mask of the output, as Keras says it."""
    import keras

    with computing_in(self.backend, self.precision):
        mask = self.theirs.compute_mask(_tensors(inputs), _tensors(previous_mask))
        return tree.map_structure(
            lambda m: None if m is None else keras.ops.convert_to_numpy(m), mask
        )


def _get_initial_state(self, batch_size):
    """The states before the first step, as Keras says them."""
    import keras

    with computing_in(self.backend, self.precision):
        states = self.theirs.get_initial_state(batch_size=batch_size)
        return tree.map_structure(keras.ops.convert_to_numpy, states)


def _defines(keras_class: type, method: str) -> bool:
    """Whether a class of layers has the method from elsewhere than from `keras.layers.Layer`."""
    import keras

    return getattr(keras_class, method, None) is not getattr(keras.layers.Layer, method, None)


def _of_theirs(name: str) -> property:
    """The attribute of Keras's layer as one of this one."""
    return property(
        lambda self: getattr(self.theirs, name),
        lambda self, value: setattr(self.theirs, name, value),
    )


def _array_of_theirs(name: str) -> property:
    """A variable of Keras's layer as the array that is here in its place."""

    def array(self):
        variable = getattr(self.theirs, name)
        pairs = zip(self.weights, self.theirs.weights, strict=True)
        return next(weight for weight, other in pairs if other is variable)

    return property(array)


def _has_masks_of_steps(layer) -> bool:
    """Whether a Keras layer is a cell that drops the same entries at every step."""
    return hasattr(layer, "reset_dropout_mask") and bool(layer.dropout or layer.recurrent_dropout)


def _is_float(leaf) -> bool:
    return isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f"


def _tensors(structure):
    """Arrays as Keras takes them; what is none stays."""
    import keras

    return tree.map_structure(
        lambda x: keras.ops.convert_to_tensor(x) if isinstance(x, np.ndarray) else x, structure
    )


def _arguments(forward, layer: Layer, args, kwargs) -> dict:
    """The arguments of a call by their names."""
    given = inspect.signature(forward).bind(layer, *args, **kwargs).arguments
    return dict(list(given.items())[1:])


def _by_argument(given: dict, dx: list):
    """Gradients as backward gives them: of the first argument alone, or of several by name."""
    named = tree.pack_like(given, dx)
    first, *others = given
    names = [name for name in others if any(map(_is_float, tree.flatten(given[name])))]
    return {name: named[name] for name in (first, *names)} if names else named[first]
