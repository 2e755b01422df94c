"""Low-rank adaptation (LoRA): two thin matrices learn beside a weight that stays."""

import numpy as np

import reference_numpy as rn

SHOWN = 20  # test images whose answers are kept


def low_rank_adaptation(x, kernel, bias, a, b, alpha):
    """y = x W + c + s (x A) B: W stays, A and B are trained; the matrix A B is never formed.

    Shapes: x (batch, inputs), kernel W (inputs, outputs), bias c (outputs,), a (inputs, rank),
    b (rank, outputs), y (batch, outputs).

    Source: Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models.
    """
    scale = alpha / len(b)
    thin = x @ a
    return x @ kernel + bias + scale * (thin @ b), (x, kernel, a, b, scale, thin)


def low_rank_adaptation_backward(dy, cache):
    """The gradients of x, bias, a and b. There is none for W: it is not to move."""
    x, kernel, a, b, scale, thin = cache
    dthin = scale * (dy @ b.T)
    dx = dy @ kernel.T + dthin @ a.T
    return dx, None, dy.sum(axis=0), x.T @ dthin, scale * (thin.T @ dy)


def merged_kernel(kernel, a, b, alpha):
    """W + s A B: one matrix that does what W, A and B do, as fast as W alone."""
    return kernel + alpha / len(b) * (a @ b)


def network(inputs, hidden):
    """Two hidden layers, ten logits."""
    model = rn.Sequential([rn.Input((inputs,))])
    for units, activation in ((hidden, "relu"), (hidden, "relu"), (10, None)):
        model.add(rn.layers.Dense(units, activation))
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
    loss = rn.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(rn.optimizers.Adam(rate), loss)
    model.build_optimizer()
    return [variable.value.copy() for variable in model.optimizer.variables]


def begin_anew(model, weights, state):
    """Weights and optimizer as they were."""
    model.set_weights(weights)
    model.optimizer.set_weights(state)


def train(model, x, y, batches):
    """A step a batch."""
    for batch in batches:
        model.train_on_batch(x[batch], y[batch])


def logits_of(model, x):
    """What the model gives for x."""
    return model(x)


def accuracy(model, x, y):
    """The share of right answers."""
    return np.mean(logits_of(model, x).argmax(axis=-1) == y)


def adaptation(x, y, old, tasks, rates, hidden, steps, stages, generator):
    """A network learns x and y; then copies of it learn each new task, each in its way.

    Args:
        x, y: the old task's images and classes; `old`: others of the same task.
        tasks: by name the parts `train`, `validation` and `test` of each, (x, y).
        rates: by way to learn: `"all"` weights, the `"head"` alone, or the rank of the adaptation.
        stages: into how many parts the steps are cut; what counts is the network after that one
            which is best on the validation images.

    Returns:
        For each task by way: `test` accuracy, accuracy on the `old` task, how many `weights` were
        trained, `logits` of some test images; and the `spectrum`: the singular values of the
        change that training all weights makes to the second layer.
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
