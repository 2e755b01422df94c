"""Learning rate schedules in Keras: objects that an optimizer takes in place of a number."""

import keras
import numpy as np
from keras import layers, ops
from keras.optimizers import schedules


def step_decay(initial_learning_rate, decay_steps, decay_rate):
    """η₀ times r after every n steps; `PiecewiseConstantDecay` for steps of any length."""
    return schedules.ExponentialDecay(
        initial_learning_rate, decay_steps, decay_rate, staircase=True
    )


def exponential_decay(initial_learning_rate, decay_steps, decay_rate):
    """η₀ times r in n steps, a little in each."""
    return schedules.ExponentialDecay(initial_learning_rate, decay_steps, decay_rate)


def cosine_decay(initial_learning_rate, decay_steps):
    """From η₀ down to 0 in n steps, along a cosine."""
    return schedules.CosineDecay(initial_learning_rate, decay_steps)


def warm_up(warmup_target, warmup_steps, decay_steps):
    """From 0 up to η₀ in m steps, then along a cosine down to 0 in n steps."""
    return schedules.CosineDecay(
        0 * warmup_target, decay_steps, warmup_target=warmup_target, warmup_steps=warmup_steps
    )


def constant(learning_rate):
    """No schedule: a number will do."""
    return float(learning_rate)


SCHEDULES = {
    function.__name__: function
    for function in (constant, step_decay, exponential_decay, cosine_decay, warm_up)
}


def make(function, options, dtype):
    """A schedule in this precision; from Python's numbers it would be made in float32."""
    return SCHEDULES[function](**{key: dtype.type(value) for key, value in options.items()})


def curves(step, schedules):
    """The learning rate at each step."""
    found = {}
    for name, (function, options) in schedules.items():
        schedule = make(function, options, step.dtype)
        found[name] = np.array([ops.convert_to_numpy(schedule(now)) for now in step])
    return found


def build_model(weights, learning_rate):
    """A classifier with ReLU that ends in logits; a few steps are not worth being compiled."""
    model = keras.Sequential([layers.Input(weights[0].shape[:1])])
    for bias in weights[1:-1:2]:
        model.add(layers.Dense(len(bias), activation="relu"))
    model.add(layers.Dense(len(weights[-1])))
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(learning_rate), loss, run_eagerly=True)
    model.set_weights(weights)
    return model


def training(x, t, x_new, t_new, runs, kept, **weights):
    """The last bias after the first steps under each schedule; NumPy takes them all."""
    found = {}
    for name, (function, several, batches, factor) in runs.items():
        start = [factor * w for w in weights.values()]
        model = build_model(start, make(function, several[0], x.dtype))
        rows = np.concatenate(batches[:kept])
        model.fit(x[rows], t[rows], batch_size=len(batches[0]), shuffle=False, verbose=0)
        found[f"first, {name}"] = model.get_weights()[-1]
    return found


def stuck(x, t, batches, causes, generator, **weights):
    """The loss of the first batch in each of the runs; NumPy takes them all."""
    found, wrong, rows = {}, t[generator.permutation(len(t))], batches[0]
    for name, cause in causes.items():
        inputs, targets = x[rows] * cause["scale"], (wrong if cause["shuffled"] else t)[rows]
        model = build_model(list(weights.values()), cause["rate"])
        found[f"first, {name}"] = model.train_on_batch(inputs, targets)
    return found
