"""Low-rank adaptation in Keras: `enable_lora` on a layer that has been trained."""

import keras
import numpy as np
from keras import layers, ops

SHOWN = 20  # test images whose answers are kept


def low_rank_adaptation(kernel, a, alpha):
    """A dense layer whose kernel stays and is adapted."""
    layer = layers.Dense(kernel.shape[1])
    layer.build((None, len(kernel)))
    layer.enable_lora(a.shape[1], lora_alpha=alpha)
    return layer


def merged_kernel(alpha):
    """What the layer has for a kernel, and a file keeps of it."""

    def merged(kernel, a, b):
        return kernel + alpha / b.shape[0] * ops.matmul(a, b)

    return merged


def network(inputs, hidden):
    """Two hidden layers, ten logits."""
    model = keras.Sequential([layers.Input((inputs,))])
    for units, activation in ((hidden, "relu"), (hidden, "relu"), (10, None)):
        model.add(layers.Dense(units, activation))
    return model


def first_weight(shape, generator):
    """He's initial weights for a matrix, zeros for a bias."""
    return generator.normal(0, (2 / shape[0]) ** 0.5, shape) * (len(shape) > 1)


def prepare(model, way, generator):
    """Make a trained network learn on: `all` of it, its `head`, or at a rank beside its weights."""
    if way == "head":
        for layer in model.layers[:-1]:
            layer.trainable = False
    elif way != "all":
        for layer in model.layers:
            layer.enable_lora(way)
            kernel, bias, a, b = layer.get_weights()
            layer.set_weights([kernel, bias, first_weight(a.shape, generator), b])


def compile_with(model, rate):
    """Adam on the cross-entropy of the logits; returns its state, to begin with it once more."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)
    model.optimizer.build(model.trainable_variables)
    return [variable.numpy() for variable in model.optimizer.variables]


def begin_anew(model, weights, state):
    """Weights and optimizer as they were."""
    model.set_weights(weights)
    for variable, value in zip(model.optimizer.variables, state):
        variable.assign(value)


def train(model, x, y, batches):
    """A step a batch."""
    for batch in batches:
        model.train_on_batch(x[batch], y[batch])


def logits_of(model, x):
    """What the model gives for x."""
    return ops.convert_to_numpy(model(x))


def accuracy(model, x, y):
    """The share of right answers."""
    return np.mean(logits_of(model, x).argmax(axis=-1) == y)


def adaptation(x, y, old, tasks, rates, hidden, steps, stages, generator):
    """A network learns x and y; then copies of it learn each new task, each in its way.

    Returns: see the NumPy half.
    """
    source = network(x.shape[1], hidden)
    source.set_weights([first_weight(w.shape, generator) for w in source.get_weights()])
    compile_with(source, 0.001)
    train(source, x, y, generator.integers(0, len(x), (2 * steps, 50)))
    before = source.get_weights()
    batches = {
        task: generator.integers(0, len(parts["train"][0]), (steps, 50))
        for task, parts in tasks.items()
    }
    found, kept = {"old: test": accuracy(source, *old)}, {}
    for way, rate in rates.items():
        model = network(x.shape[1], hidden)
        model.set_weights(before)
        prepare(model, way, generator)
        start, state = model.get_weights(), compile_with(model, rate)
        for task, parts in tasks.items():
            begin_anew(model, start, state)
            stages_of = []
            for stage in np.array_split(batches[task], stages):
                train(model, *parts["train"], stage)
                scores = {part: accuracy(model, *parts[part]) for part in ("validation", "test")}
                scores["old"] = accuracy(model, *old)
                scores["logits"] = logits_of(model, parts["test"][0][:SHOWN])
                scores["weights"] = sum(np.prod(w.shape) for w in model.trainable_weights)
                stages_of.append(scores)
            best = max(stages_of, key=lambda scores: scores["validation"])
            for name, value in best.items():
                kept.setdefault(f"{task}: {name}", []).append(value)
            if way == "all":
                change = model.get_weights()[2] - before[2]
                found[f"{task}: spectrum"] = np.linalg.svd(change, compute_uv=False)
    return found | {name: np.array(values) for name, values in kept.items()}
