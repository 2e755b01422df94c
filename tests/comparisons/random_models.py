"""Random models as plain data: recipes that Keras builds, drawn by hypothesis.

A recipe names its inputs and its steps. Each step is a layer (by its place among the recipe's
layers, so that one may be shared) on earlier tensors; the first tensors are the inputs. What no
step takes is an output. Layers whose float64 TensorFlow does not have, or computes by way of
float32 (`comparisons/harness/proof/allowances.py`), are left out: here nothing needs an exception.
"""

import math
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

import reference_numpy as rn

BATCH = 3
VOCABULARY = 6
LARGEST = 200  # numbers a sample, in one tensor
ACTIVATIONS = (None, "relu", "tanh", "sigmoid", "softplus", "elu", "selu", "silu", "softmax")
MERGES = ("Add", "Average", "Multiply", "Subtract", "Maximum", "Minimum", "Concatenate")
TAKE_A_LIST = (*MERGES, "Dot", "Attention", "AdditiveAttention")


@dataclass(frozen=True)
class Recipe:
    """A model.

    Args:
        inputs: shapes without the batch axis; `"tokens"` is a sequence of 5 integers.
        layers: Keras's configs, `(class name, arguments)`.
        steps: `(place of the layer, places of the tensors it is called on)`.
        sequential: whether it is a `Sequential`.
        named: whether inputs and outputs are dictionaries instead of lists.
        dtype, training: how it is compared.
    """

    inputs: tuple
    layers: tuple
    steps: tuple
    sequential: bool = False
    named: bool = False
    dtype: str = "float64"
    training: bool = False

    def outputs(self):
        """Places of the tensors that no step takes."""
        taken = {place for _, places in self.steps for place in places}
        return [n for n in range(len(self.inputs) + len(self.steps)) if n not in taken]

    def draw(self):
        """Inputs: numbers from N(0, 1), some time steps and tokens zero."""
        generator = np.random.default_rng(0)
        drawn = []
        for shape in self.inputs:
            if shape == "tokens":
                drawn.append(generator.integers(0, VOCABULARY, (BATCH, 5)))
                continue
            values = generator.standard_normal((BATCH, *shape)).astype("float32")
            if len(shape) == 2:
                values[generator.random(values.shape[:2]) < 0.3] = 0.0
            drawn.append(values.astype(self.dtype))
        if self.sequential or len(drawn) == 1 and not self.named:
            return drawn[0]
        return {f"in_{n}": x for n, x in enumerate(drawn)} if self.named else drawn


def config(class_name, arguments):
    """Keras's config of a layer."""
    return {
        "module": "keras" if class_name == "Sequential" else "keras.layers",
        "class_name": class_name,
        "config": arguments,
        "registered_name": None,
    }


def build(recipe):
    """The Keras model."""
    import keras

    layers = [
        keras.saving.deserialize_keras_object(config(name, {**arguments, "name": f"layer_{place}"}))
        for place, (name, arguments) in enumerate(recipe.layers)
    ]
    tensors = [
        keras.Input((5,), dtype="int32", name=f"in_{n}")
        if shape == "tokens"
        else keras.Input(shape, name=f"in_{n}")
        for n, shape in enumerate(recipe.inputs)
    ]
    if recipe.sequential:
        return keras.Sequential([tensors[0], *(layers[place] for place, _ in recipe.steps)])
    inputs = list(tensors)
    for place, sources in recipe.steps:
        given = [tensors[n] for n in sources]
        name = recipe.layers[place][0]
        if name == "MultiHeadAttention":
            tensors.append(layers[place](*given))
        else:
            tensors.append(layers[place](given if name in TAKE_A_LIST else given[0]))
    outputs = [tensors[n] for n in recipe.outputs()]
    if recipe.named:
        inputs = {tensor.name: tensor for tensor in inputs}
        outputs = {f"out_{n}": tensor for n, tensor in enumerate(outputs)}
    elif len(inputs) == 1:
        inputs = inputs[0]
    return keras.Model(inputs, outputs)


def moved(weights):
    """Weights moved at random, so that they are neither all zeros nor all ones."""
    generator = np.random.default_rng(3)
    return [
        (w + 0.3 * generator.uniform(-1, 1, w.shape)).astype("float32").astype(w.dtype)
        if w.dtype.kind == "f"
        else w
        for w in weights
    ]


def _recurrent(draw, units):
    name = draw(st.sampled_from(["SimpleRNN", "LSTM", "GRU"]))
    arguments = {
        "units": units,
        "return_sequences": draw(st.booleans()),
        "go_backwards": draw(st.booleans()),
        "dropout": draw(st.sampled_from([0.0, 0.25])),
    }
    return name, arguments


def _window(draw, sizes):
    """Arguments of a convolution or pooling that fit axes of these sizes."""
    size = draw(st.integers(1, min(3, *sizes)))
    return size, {
        "strides": draw(st.integers(1, 2)),
        "padding": draw(st.sampled_from(["valid", "same"])),
    }


@st.composite
def layers_on(draw, shape):
    """`(class name, arguments)` of a layer that takes a tensor of `shape`."""
    features, rank = shape[-1], len(shape)
    if shape == "tokens":
        size = draw(st.integers(1, 4))
        arguments = {"input_dim": VOCABULARY, "output_dim": size, "mask_zero": draw(st.booleans())}
        return "Embedding", arguments
    size, activation = draw(st.integers(1, 4)), draw(st.sampled_from(ACTIVATIONS))
    kinds = ["Dense", "Activation", "PReLU", "ELU", "Flatten", "Rescaling", "Identity"]
    kinds += ["BatchNormalization", "LayerNormalization", "RMSNormalization", "GroupNormalization"]
    kinds += ["UnitNormalization", "Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout"]
    kinds += ["Sequential"]
    if rank == 1:
        kinds += ["RepeatVector", "Reshape"]
    if rank == 2:
        kinds += ["Conv1D", "SeparableConv1D", "DepthwiseConv1D", "Conv1DTranspose", "Recurrent"]
        kinds += ["MaxPooling1D", "AveragePooling1D", "GlobalMaxPooling1D", "Bidirectional"]
        kinds += ["GlobalAveragePooling1D", "ZeroPadding1D", "UpSampling1D", "TimeDistributed"]
        kinds += ["SpatialDropout1D", "Permute", "Masking", "EinsumDense", "Recurrent", "Masking"]
    if rank == 3:
        kinds += ["Conv2D", "SeparableConv2D", "DepthwiseConv2D", "Conv2DTranspose", "Permute"]
        kinds += ["MaxPooling2D", "AveragePooling2D", "GlobalMaxPooling2D", "ZeroPadding2D"]
        kinds += ["GlobalAveragePooling2D", "UpSampling2D", "SpatialDropout2D", "Reshape"]
    kind = draw(st.sampled_from(kinds))
    if kind in ("Dense", "EinsumDense"):
        arguments = {"activation": activation, "use_bias": draw(st.booleans())}
        if kind == "Dense":
            return kind, {"units": size, **arguments}
        arguments["bias_axes"] = "d" if arguments.pop("use_bias") else None
        # With None for the length what comes after it may not be built: Keras hands the None on.
        whole = [shape[0], size]
        return kind, {"equation": "abc,cd->abd", "output_shape": whole, **arguments}
    if kind == "Activation":
        return kind, {"activation": activation or "log_softmax"}
    if "Conv" in kind:
        window, arguments = _window(draw, shape[:-1])
        if kind == "Conv1D" and draw(st.booleans()):
            arguments = {"padding": "causal", "dilation_rate": draw(st.integers(1, 2))}
        if "Depthwise" not in kind:
            arguments["filters"] = size
        return kind, {"kernel_size": window, "activation": activation, **arguments}
    if kind in ("MaxPooling1D", "AveragePooling1D", "MaxPooling2D", "AveragePooling2D"):
        window, arguments = _window(draw, shape[:-1])
        return kind, {"pool_size": window, **arguments}
    if kind == "Recurrent":
        return _recurrent(draw, size)
    if kind == "Bidirectional":
        name, inner = _recurrent(draw, size)
        del inner["go_backwards"]  # the wrapper chooses it
        mode = draw(st.sampled_from(["concat", "sum", "mul", "ave"]))
        return kind, {"layer": config(name, inner), "merge_mode": mode}
    if kind == "TimeDistributed":
        return kind, {"layer": config("Dense", {"units": size, "activation": activation})}
    if kind == "Sequential":
        inner = {"units": features, "activation": activation}
        parts = [("Dense", inner), ("RMSNormalization", {}), ("Dropout", {"rate": 0.25})]
        chosen = draw(st.lists(st.sampled_from(parts), min_size=1, max_size=3))
        made = [config(name, {**own, "name": f"part_{n}"}) for n, (name, own) in enumerate(chosen)]
        return kind, {"layers": made}
    return kind, {
        "GroupNormalization": {
            "groups": draw(st.sampled_from([n for n in (1, 2) if features % (2 * n) == 0] or [1]))
        },
        "BatchNormalization": {"momentum": 0.5, "scale": draw(st.booleans())},
        "Dropout": {"rate": 0.25},
        "AlphaDropout": {"rate": 0.25},
        "GaussianDropout": {"rate": 0.25},
        "GaussianNoise": {"stddev": 0.5},
        "SpatialDropout1D": {"rate": 0.25},
        "SpatialDropout2D": {"rate": 0.25},
        "Permute": {"dims": draw(st.permutations(range(1, rank + 1)))},
        "RepeatVector": {"n": size},
        "Reshape": {"target_shape": [features, 1] if rank == 1 else [-1, features]},
        "Rescaling": {"scale": 0.5, "offset": -0.25},
        "UpSampling1D": {"size": 2},
    }.get(kind, {})


def shape_after(name, arguments, shapes):
    """The shape without the batch axis of a layer's output."""
    if name in ("Sequential", "MultiHeadAttention"):
        return shapes[0]
    layer = rn.layers.deserialize(config(name, arguments))
    full = [(BATCH, 5) if shape == "tokens" else (BATCH, *shape) for shape in shapes]
    return tuple(layer.compute_output_shape(full if name in TAKE_A_LIST else full[0]))[1:]


@st.composite
def merges_of(draw, shapes, first):
    """A merging layer, `(class name, arguments)`, and the tensors it takes, or None."""
    alike = [n for n, shape in enumerate(shapes) if shape == shapes[first]]
    other = draw(st.sampled_from(alike))
    kinds = list(MERGES)
    if len(shapes[first]) == 1:
        kinds += ["Dot"]
    if len(shapes[first]) == 2:
        kinds += ["Attention", "AdditiveAttention", "MultiHeadAttention"]
    kind = draw(st.sampled_from(kinds))
    arguments = {
        "Dot": {"axes": 1, "normalize": shapes[first] != (1,) and draw(st.booleans())},
        "Concatenate": {"axis": draw(st.sampled_from([-1, 1]))},
        "Attention": {"use_scale": draw(st.booleans())},
        "MultiHeadAttention": {"num_heads": 2, "key_dim": draw(st.sampled_from([1, 4]))},
    }.get(kind, {})
    return (kind, arguments), (first, other)


@st.composite
def recipes(draw):
    """Recipes of up to three inputs and eight steps."""
    sequential = draw(st.booleans())
    shapes_of_inputs = st.one_of(
        st.tuples(st.integers(1, 5)),
        st.tuples(st.integers(2, 5), st.integers(1, 3)),
        st.tuples(st.integers(2, 5), st.integers(2, 5), st.integers(1, 2)),
        st.just("tokens"),
    )
    most = 1 if sequential else 3
    inputs = draw(st.lists(shapes_of_inputs, min_size=1, max_size=most))
    shapes, layers, steps = list(inputs), [], []
    # Tokens go through an embedding and every input is taken, so that no output is an input.
    waiting = list(range(len(inputs)))
    for _ in range(draw(st.integers(len(inputs), 8))):
        tensors = [n for n, shape in enumerate(shapes) if shape != "tokens"]
        if waiting:
            first = waiting.pop()
        else:
            first = len(shapes) - 1 if sequential else draw(st.sampled_from(tensors[::-1]))
        sources = (first,)
        move = "layer"
        if not sequential and shapes[first] != "tokens":
            move = draw(st.sampled_from(["layer", "layer", "merge", "shared"]))
        if move == "shared":
            fits = [
                (place, where)
                for place, where in steps
                if [shapes[n] for n in where] == [shapes[first]]
            ]
            if fits:
                place, _ = draw(st.sampled_from(fits))
                shapes.append(shapes[len(inputs) + [p for p, _ in steps].index(place)])
                steps.append((place, sources))
                continue
        if move == "merge":
            layer, sources = draw(merges_of(shapes, first))
        else:
            layer = draw(layers_on(shapes[first]))
        shape = shape_after(*layer, [shapes[n] for n in sources])
        if math.prod(shape) > LARGEST or not all(shape) or not shape:
            layer, sources, shape = ("Identity", {}), (first,), shapes[first]
        layers.append(layer)
        steps.append((len(layers) - 1, sources))
        shapes.append(shape)
    return Recipe(
        tuple(inputs),
        tuple(layers),
        tuple(steps),
        sequential,
        not sequential and draw(st.booleans()),
        draw(st.sampled_from(["float64", "float32"])),
        draw(st.booleans()),
    )
