"""Half precision in Keras: casts, dtype policies, and the optimizer that scales the loss."""

import keras
import numpy as np
from keras import layers, ops


def round_to_float16():
    """To float16 and back."""
    return lambda x: ops.cast(ops.cast(x, "float16"), x.dtype)


def round_to_bfloat16():
    """To bfloat16 and back."""
    return lambda x: ops.cast(ops.cast(x, "bfloat16"), x.dtype)


def loss_scaling(scale, learning_rate, growth_steps):
    """`compile` puts it around the optimizer by itself where the policy is mixed_float16."""
    return keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(learning_rate),
        initial_scale=scale,
        dynamic_growth_steps=growth_steps,
    )


def errors(x):
    """What rounding makes of the numbers."""
    x = ops.convert_to_tensor(x)
    roundings = {"float16": round_to_float16(), "bfloat16": round_to_bfloat16()}
    return {name: ops.convert_to_numpy(rounded(x)) for name, rounded in roundings.items()}


def running_sums(term, count, every):
    """A number added again and again in three precisions: the sum after every so many.

    Returns: see the NumPy half.
    """
    found = {}
    for name in ("float32", "float16", "bfloat16"):
        dtype = term.dtype.name if name == "float32" else name
        total, sums = ops.zeros(1, dtype), []
        added = ops.cast(ops.convert_to_tensor(term), dtype)
        for number in range(1, count + 1):
            total = total + added
            if number % every == 0:
                sums.append(ops.convert_to_numpy(ops.cast(total, term.dtype.name)))
        found[name] = np.concatenate(sums)
    return found


class EachAtItsRate(keras.optimizers.SGD):
    """SGD for networks side by side: a learning rate for each place of the first axis."""

    def __init__(self, rates):
        super().__init__(1.0)
        self.rates = np.array(rates)

    def update_step(self, gradient, variable, learning_rate):
        """A step against the gradient, network by network."""
        rates = self.rates.reshape((-1,) + (1,) * (len(variable.shape) - 1))
        gradient = ops.cast(gradient, variable.dtype) * ops.cast(rates, variable.dtype)
        super().update_step(gradient, variable, learning_rate)


def build_model(inputs, rates, policy, scaled):
    """Networks side by side, two layers of 32 and ten classes, under a dtype policy."""
    networks = len(rates)
    model = keras.Sequential([layers.Input((networks, inputs))])
    for units, f in ((32, "relu"), (32, "relu"), (10, None)):
        shape = (networks, units)
        model.add(
            layers.EinsumDense("bki,kio->bko", shape, activation=f, bias_axes="ko", dtype=policy)
        )
    optimizer = EachAtItsRate(rates)
    if scaled:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    # The sum over all, each with the weight 1 / n: the mean of each network by itself.
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
    model.compile(optimizer, loss, auto_scale_loss=False)
    return model


def precisions(x, y, new, rates, steps, scales, generator):
    """Networks trained in each precision from the same weights, at several learning rates.

    Returns: see the NumPy half.
    """
    networks, sizes, start = len(rates), (x.shape[1], 32, 32, 10), []
    for shape in zip(sizes, sizes[1:]):
        draws = np.sqrt(2 / shape[0]) * generator.standard_normal(shape)
        start += [np.tile(draws, (networks, 1, 1)), np.zeros((networks, shape[1]))]
    batches, found = generator.integers(0, len(x), (steps, 50)), {}
    each = np.full((50, networks), 1 / 50)
    for name, policy, scaled in (
        ("float32", x.dtype.name, False),
        ("mixed_float16", "mixed_float16", True),
        ("mixed_float16, no scale", "mixed_float16", False),
        ("mixed_bfloat16", "mixed_bfloat16", False),
        ("bfloat16", "bfloat16", False),
    ):
        model = build_model(x.shape[1], rates, policy, scaled)
        model.set_weights(start)
        losses = []
        for batch in batches:
            given, wanted = (np.repeat(a[batch][:, None], networks, axis=1) for a in (x, y))
            losses.append(model.train_on_batch(given, wanted, sample_weight=each))
        if name == "float32":
            found["float32: first losses"] = np.array(losses[:3])
        for part, (x_new, y_new) in new.items():
            answers = ops.cast(model(np.repeat(x_new[:, None], networks, axis=1)), "float32")
            right = ops.convert_to_numpy(answers).argmax(axis=-1) == y_new[:, None]
            found[f"{name}: {part}"] = right.mean(axis=0)
    return found
