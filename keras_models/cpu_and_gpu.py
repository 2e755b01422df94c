"""CPU and GPU in Keras: the same steps on each device that there is."""

import time

import keras
from keras import layers


def build_model(width, steps_a_call=1):
    """Three hidden layers of this width, for images of 7×7."""
    hidden = [layers.Dense(width, activation="relu") for _ in range(3)]
    model = keras.Sequential([layers.Input((49,)), *hidden, layers.Dense(10, activation="softmax")])
    loss, optimizer = "sparse_categorical_crossentropy", keras.optimizers.SGD(0.05)
    model.compile(optimizer, loss, steps_per_execution=steps_a_call)
    return model


def drawn_model(width, generator, steps_a_call=1):
    """A model whose weights come from the generator."""
    model = build_model(width, steps_a_call)
    shapes = [w.shape for w in model.get_weights()]
    drawn = [generator.standard_normal(shape, "float32") for shape in shapes]
    model.set_weights([w * len(w) ** -0.5 for w in drawn])
    return model


def step_seconds(x, y, sizes, repeats, generator, devices):
    """Seconds of a training step on the CPU and, where there is one, on the GPU.

    `train_on_batch` gives the loss as a number, and so waits for the device.

    Returns: see the NumPy half; and the same as `gpu, …`.
    """
    found = {}
    for device, on in devices.items():
        with on():
            models = {
                width: drawn_model(width, generator) for width in sorted({w for w, _ in sizes})
            }
            seconds = {size: [] for size in sizes}
            for turn in range(repeats + 1):
                for width, batch in sizes:
                    start = time.perf_counter()
                    loss = models[width].train_on_batch(x[:batch], y[:batch])
                    seconds[width, batch].append(time.perf_counter() - start)
                    if turn == 0:  # which compiles
                        found.setdefault(f"loss, width {width}, batch {batch}", loss)
        for (width, batch), (_, *taken) in seconds.items():
            found[f"{device}, width {width}, batch {batch}"] = min(taken)
    return found


def calls(x, y, width, batch, steps, repeats, generator):
    """An epoch of `fit` with so many steps a call; on PyTorch a call is always one step.

    Returns:
        As in the NumPy half; and the seconds of a step, the least of some epochs.
    """
    state, several = generator.bit_generator.state, keras.backend.backend() != "torch"
    models, found, seconds = {}, {}, {number: [] for number in steps}
    for number in steps:
        generator.bit_generator.state = state  # the same weights
        models[number] = drawn_model(width, generator, number if several else 1)
    for turn in range(repeats + 1):
        for number, model in models.items():
            start = time.perf_counter()
            history = model.fit(x, y, batch_size=batch, epochs=1, shuffle=False, verbose=0)
            seconds[number].append((time.perf_counter() - start) * batch / len(x))
            if turn == 0:  # which compiles
                found[f"loss, {number} a call"] = history.history["loss"][0]
    if several:
        found |= {f"seconds, {number} a call": min(taken[1:]) for number, taken in seconds.items()}
    return found
