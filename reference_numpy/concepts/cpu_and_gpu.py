"""CPU and GPU: how long a training step takes, from tiny networks and batches to large ones."""

import time

import reference_numpy as rn


def build_model(width, steps_a_call=1):
    """Three hidden layers of this width, for images of 7×7."""
    hidden = [rn.layers.Dense(width, activation="relu") for _ in range(3)]
    layers = [rn.Input((49,)), *hidden, rn.layers.Dense(10, activation="softmax")]
    model = rn.Sequential(layers)
    loss, optimizer = "sparse_categorical_crossentropy", rn.optimizers.SGD(0.05)
    model.compile(optimizer, loss, steps_per_execution=steps_a_call)
    return model


def drawn_model(width, generator, steps_a_call=1):
    """A model whose weights come from the generator."""
    model = build_model(width, steps_a_call)
    shapes = [w.shape for w in model.get_weights()]
    drawn = [generator.standard_normal(shape, "float32") for shape in shapes]
    model.set_weights([w * len(w) ** -0.5 for w in drawn])
    return model


def step_seconds(x, y, sizes, repeats, generator):
    """Seconds of a training step on the CPU, the least of some, by width and size of the batch.

    The sizes take turns, so that whatever else the machine does bears on all of them.

    Args:
        x, y: (n, 49), and the numbers of the classes, (n,). sizes: (width, batch size) pairs.

    Returns:
        `cpu, width W, batch B`; and as `loss, …` the loss of each one's first step.
    """
    models = {width: drawn_model(width, generator) for width in sorted({w for w, _ in sizes})}
    found, seconds = {}, {size: [] for size in sizes}
    for turn in range(repeats + 1):
        for width, batch in sizes:
            start = time.perf_counter()
            loss = models[width].train_on_batch(x[:batch], y[:batch])
            seconds[width, batch].append(time.perf_counter() - start)
            if turn == 0:  # which prepares more than it computes
                found[f"loss, width {width}, batch {batch}"] = loss
    for (width, batch), (_, *taken) in seconds.items():
        found[f"cpu, width {width}, batch {batch}"] = min(taken)
    return found


def calls(x, y, width, batch, steps, repeats, generator):
    """An epoch of `fit` with so many steps a call; here that is a word only, and all are the same.

    Returns:
        The loss of the first epoch, by the number of steps.
    """
    state, found = generator.bit_generator.state, {}
    for number in steps:
        generator.bit_generator.state = state  # the same weights
        model = drawn_model(width, generator, number)
        history = model.fit(x, y, batch_size=batch, epochs=1, shuffle=False, verbose=0)
        found[f"loss, {number} a call"] = history.history["loss"][0]
    return found
