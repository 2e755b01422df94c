"""The base of every layer: weights, building, dtypes, and calling."""

import copy
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

import numpy as np

from reference_numpy import constraints, dtype_policies, initializers, regularizers, tree
from reference_numpy.annotations import Array, Config, DType, Named, Structure
from reference_numpy.layers.input_spec import InputSpec, check_inputs
from reference_numpy.layers.refused import OF_LAYERS, refuse_attributes
from reference_numpy.layers.signatures import check_call, signature
from reference_numpy.layers.symbolic import Node, SymbolicEnds, is_symbolic, symbolic_call
from reference_numpy.layers.weight import Weight, weight_maker
from reference_numpy.layers.wrapping import wrap_backward, wrap_build, wrap_forward
from reference_numpy.serialization import Configurable, serialize, unique_name


@refuse_attributes(OF_LAYERS)
class Layer(SymbolicEnds, Configurable):
    """A function with weights whose backward pass is written by hand.

    A subclass defines `build(input_shape)`, `forward(x, training=False)` → `(y, cache)`,
    `backward(dy, cache)` → `(dx, grads)` and `compute_output_shape(input_shape)`. The cache holds
    what backward needs of that one call and is never kept on the layer, so a layer may be called
    many times. `grads` are in the order in which the trainable weights were added; a layer that
    is frozen returns none. The three methods are wrapped here, once for all layers, so that

    - `build` runs on the first call, for the shapes then given,
    - floating inputs and `dy` come in the layer's compute dtype,
    - inputs that do not fit `input_spec` raise ValueError,
    - under `mixed_float16` the method sees its weights in float16 and `grads` return in float32,
    - the penalty on the output is counted, and its gradient added, where `penalties` are asked for.

    `backward(dy, cache, input_gradient=False)` says that nobody asks for `dx`: a layer for which
    it is costly takes that argument and returns None for `dx`; the others ignore it. Of inherited
    methods `super().backward` must not be called for its `grads`, since a frozen layer has none.

    Args:
        activity_regularizer: penalty on the output, added to a model's loss.
        trainable: whether the weights are to be trained.
        dtype: dtype name or policy; None for `config.floatx()`.
        autocast: whether floating inputs are cast to the compute dtype.
        name: unique name; None makes one from the class name.

    Raises:
        ValueError: for arguments that the layer does not have.
    """

    forward: Callable[..., tuple[Any, Any]]
    backward: Callable[..., tuple[Any, list[Array]]]
    wrappers: dict[str, Callable[..., Any]] = {
        "build": wrap_build,
        "forward": wrap_forward,
        "backward": wrap_backward,
    }
    has_identity = True
    not_in_config: tuple[str, ...] = ("autocast", "activity_regularizer")
    #: whether what a sample gives follows from that sample alone, so that parts of a batch may be
    #: computed apart: True, False, or "inference" for a layer that is like that outside training
    samples_apart: bool | str = False
    #: what the layer has last taken as it was (`wrapping.py`)
    taken: tuple[Any, ...] | None = None

    def __init__(
        self,
        *,
        activity_regularizer: Named = None,
        trainable: bool = True,
        dtype: DType = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ):
        if kwargs:
            raise ValueError(
                f"Unrecognized keyword arguments passed to {type(self).__name__}: {kwargs}"
            )
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.dtype_policy = dtype_policies.get(dtype)
        self.autocast = autocast
        self.name = name or unique_name(type(self).__name__)
        self.supports_masking = False
        self.input_spec: InputSpec | None = None
        self.built = False
        self.inbound_nodes: list[Node] = []
        self.own_weights: list[Weight] = []
        self.sublayers: list[Layer] = []
        self._trainable = bool(trainable)

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for method, wrap in cls.wrappers.items():
            if method in vars(cls):
                setattr(cls, method, wrap(vars(cls)[method]))

    # Building and weights

    def build(self, input_shape: Any) -> None:
        """Create the weights for inputs of `input_shape`; here: none."""
        self.built = True

    def add_weight(
        self,
        shape: Sequence[int],
        initializer: Named = None,
        name: str | None = None,
        regularizer: Named = None,
        constraint: Named = None,
        trainable: bool = True,
        dtype: DType = None,
        autocast: bool = True,
    ) -> Array:
        """Create, record and return a weight: an array that is only ever changed in place.

        Without an `initializer` it begins as in Keras: drawn as by `GlorotUniform`, or, where it is
        no floating array, with zeros.
        """
        dtype = dtype or self.variable_dtype
        if initializer is None:
            initializer = "glorot_uniform" if np.dtype(dtype).kind == "f" else "zeros"
        make = weight_maker.get() or initializers.get(initializer)
        value = make(tuple(shape), dtype)
        weight = Weight(
            name=name or f"variable_{len(self.own_weights)}",
            value=value,
            regularizer=regularizers.get(regularizer),
            constraint=constraints.get(constraint),
            trainable=trainable,
            autocast=autocast,
        )
        # Keras lists what is trained first, by what it was when it was added.
        trained = sum(w.trainable for w in self.own_weights)
        self.own_weights.insert(trained if trainable else len(self.own_weights), weight)
        return value

    def keep_arguments_of(self, weight, initializer, regularizer, constraint):
        """Keep the arguments of one weight, as `<weight>_initializer` and so on."""
        setattr(self, f"{weight}_initializer", initializers.get(initializer))
        setattr(self, f"{weight}_regularizer", regularizers.get(regularizer))
        setattr(self, f"{weight}_constraint", constraints.get(constraint))

    def add_with_arguments(self, weight, shape, name=None, initializer=None, autocast=True):
        """A weight with the arguments kept for it, but for an `initializer` that is given."""
        return self.add_weight(
            shape,
            initializer or getattr(self, f"{weight}_initializer"),
            name or weight,
            getattr(self, f"{weight}_regularizer"),
            getattr(self, f"{weight}_constraint"),
            autocast=autocast,
        )

    def track(self, layer: Any) -> Any:
        """Record `layer` as a part of this one; its weights follow this layer's own."""
        self.sublayers.append(layer)
        return layer

    @property
    def trainable(self) -> bool:
        """Whether the weights are trained; setting it sets it for all parts."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for layer in self.sublayers:
            layer.trainable = value

    @property
    def weight_records(self):
        """Every `Weight` in Keras's order: own trainable, own non-trainable, then the parts'."""
        nested = [w for layer in self.sublayers for w in layer.weight_records]
        return list(dict.fromkeys(self.own_weights + nested))

    @property
    def trainable_records(self):
        """The `Weight`s that training changes."""
        if not self.trainable:
            return []
        own = [w for w in self.own_weights if w.trainable]
        nested = [w for layer in self.sublayers for w in layer.trainable_records]
        return list(dict.fromkeys(own + nested))

    @property
    def weights(self) -> list[Array]:
        """All weights as arrays, in Keras's order."""
        return [weight.value for weight in self.weight_records]

    @property
    def trainable_weights(self) -> list[Array]:
        """The weights that training changes, in the order of backward's `grads`."""
        return [weight.value for weight in self.trainable_records]

    @property
    def non_trainable_weights(self) -> list[Array]:
        """The weights that training leaves alone (moving statistics, frozen layers)."""
        trainable = set(map(id, self.trainable_records))
        return [w.value for w in self.weight_records if id(w) not in trainable]

    # Keras counts the states of random generators among the variables; here they are no arrays.
    variables, trainable_variables = weights, trainable_weights
    non_trainable_variables = non_trainable_weights

    def get_weights(self) -> list[Array]:
        """Copies of all weights, in Keras's order."""
        return [weight.copy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Set all weights from a list of arrays in Keras's order.

        Raises:
            ValueError: if their number or a shape does not fit; then nothing is changed.
        """
        own, values = self.weights, [np.asarray(weight) for weight in weights]
        if len(own) != len(values):
            raise ValueError(
                f"You called `set_weights(weights)` on layer '{self.name}' with a weight list of "
                f"length {len(values)}, but the layer was expecting {len(own)} weights."
            )
        for weight, value in zip(self.weight_records, values, strict=True):
            if weight.value.shape != value.shape:
                raise ValueError(
                    f"Layer '{self.name}': weight '{weight.name}' has the shape "
                    f"{weight.value.shape}, which is not the provided weight's {value.shape}."
                )
        for weight, value in zip(own, values, strict=True):
            weight[...] = value

    @property
    def stored_weights(self):
        """The layer's own arrays as a file keeps them, in Keras's order."""
        return [weight.value for weight in self.own_weights]

    def take_stored(self, arrays):
        """Take over arrays that were read from a file; here they are the layer's own already."""

    def count_params(self) -> int:
        """The number of scalars in all weights. Raises ValueError before the layer is built."""
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on layer '{self.name}', but the layer isn't "
                "built. Build it first with `layer.build(input_shape)`."
            )
        return sum(weight.size for weight in self.weights)

    # Dtypes

    @property
    def compute_dtype(self) -> str:
        """Name of the dtype in which the layer computes."""
        return self.dtype_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        """Name of the dtype in which the layer keeps its weights."""
        return self.dtype_policy.variable_dtype

    @property
    def dtype(self) -> Any:
        """The policy as the constructor takes it."""
        return self.dtype_policy

    @property
    def output_dtype(self) -> Any:
        """Name of the dtype of the output."""
        return self.compute_dtype

    def cast(self, value):
        """`value` in the compute dtype if it is a floating array, else as it is."""
        is_float = isinstance(value, np.ndarray) and value.dtype.kind == "f"
        if not is_float or not self.autocast or value.dtype == self.compute_dtype:
            return value
        if self.compute_dtype == "string" or np.dtype(self.compute_dtype).kind != "f":
            return value
        return value.astype(self.compute_dtype)

    def as_float(self, value):
        """`value` in the compute dtype, integers and booleans too (they would promote float32)."""
        return value if value.dtype.kind == "f" else value.astype(self.compute_dtype)

    def in_compute_dtype(self):
        """This layer, or under mixed precision a stand-in with the weights rounded."""
        policy = self.dtype_policy
        if policy.compute_dtype == policy.variable_dtype or not self.own_weights:
            return self
        rounded = {
            id(weight.value): weight.value.astype(self.compute_dtype)
            for weight in self.own_weights
            if weight.autocast and weight.value.dtype.kind == "f"
        }
        stand_in = copy.copy(self)
        for attribute, value in vars(self).items():
            if id(value) in rounded:
                setattr(stand_in, attribute, rounded[id(value)])
        return stand_in

    # Calling

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The output alone; on a symbolic tensor, a symbolic tensor.

        Raises:
            ValueError: for arguments that the layer's forward does not take.
        """
        if not args and "inputs" in kwargs:  # Keras's name of the first argument
            args = (kwargs.pop("inputs"),)
        if is_symbolic(args, kwargs):
            return symbolic_call(self, args, kwargs)
        check_call(self, args, kwargs)
        return self.forward(*map(_as_array, args), **kwargs)[0]

    def prepare(self, args, kwargs):
        """Check the first input against `input_spec` and build, where that is still to be done."""
        first = args[0] if args else next(iter(kwargs.values()))
        if self.input_spec is not None:
            check_inputs(self.input_spec, first, self.name)
        if not self.built:
            self.build(**self.shape_arguments("build", args, kwargs))
            if self.input_spec is not None:
                check_inputs(self.input_spec, first, self.name)

    def shape_arguments(self, method, args, kwargs):
        """Arguments for `build` or `compute_output_shape`: shapes of the inputs, by Keras's names.

        A method of one argument, or whose first is `input_shape`, takes the first input's shape
        and options of the call by their names; another takes `<input>_shape` for each input it
        names, and options too.
        """
        wanted = list(signature(getattr(type(self), method)).parameters)[1:]
        inputs = signature(type(self).forward).bind(self, *args, **kwargs).arguments
        inputs = dict(list(inputs.items())[1:])
        if len(wanted) == 1 or wanted[0] == "input_shape":
            options = {name: inputs[name] for name in wanted[1:] if name in inputs}
            return {wanted[0]: _shapes_of(next(iter(inputs.values()))), **options}
        shapes = {
            f"{name}_shape": _shapes_of(value)
            for name, value in inputs.items()
            if f"{name}_shape" in wanted and value is not None
        }
        return {**shapes, **{name: inputs[name] for name in wanted if name in inputs}}

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shape of the output for inputs of `input_shape`; here: the same."""
        return input_shape

    def compute_mask(self, inputs: Structure, previous_mask: Structure = None) -> Structure:
        """The mask that goes with the output; here: the input's."""
        return previous_mask

    def unmasked_inputs(self, first, inputs):
        """Inputs (the `first`, or some of the named) whose mask the call removes; here: none."""
        return []

    def get_build_config(self):
        """The shapes that the layer was built for, as Keras keeps them in a file."""
        return getattr(self, "_build_config", None)

    def get_config(self) -> Config:
        """The constructor's arguments as plain values, with Keras's keys."""
        config = {"name": self.name, "trainable": self.trainable, **super().get_config()}
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = serialize(self.activity_regularizer)
        return config


def _as_array(argument):
    """The array that a list of plain numbers is; any other argument as it is."""
    leaves = tree.flatten(argument) if isinstance(argument, list) else []
    numbers = bool(leaves) and all(isinstance(leaf, Real) for leaf in leaves)
    return np.asarray(argument) if numbers else argument


def _shapes_of(inputs):
    return tree.map_structure(_shape_of, inputs)


def _shape_of(leaf):
    if leaf is None:
        return None
    if not hasattr(leaf, "shape"):
        raise ValueError(f"Expected arrays or symbolic tensors. Received among them: {leaf!r}")
    return tuple(leaf.shape)
