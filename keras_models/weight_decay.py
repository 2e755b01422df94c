"""Weight decay in Keras: `kernel_regularizer=L2(…)`, and `weight_decay=` of the optimizer."""

import keras
import numpy as np
from keras import layers, ops


def l2_penalty(strength):
    """λ times the sum of the squared weights."""
    return keras.regularizers.L2(strength)


def decoupled_decay(learning_rate, weight_decay):
    """SGD that first takes a share off the weights."""
    return keras.optimizers.SGD(learning_rate=learning_rate, weight_decay=weight_decay)


def build_model(l2=0.0, decay=0.0, rate=0.0):
    """784 pixels, six hidden layers of 100 with ReLU, ten classes; trained by Adam."""

    def dense(units, **options):
        penalty = keras.regularizers.L2(l2) if l2 else None
        return layers.Dense(units, kernel_regularizer=penalty, **options)

    model = keras.Sequential([layers.Input((784,))])
    for _ in range(6):
        model.add(dense(100, activation="relu", kernel_initializer="he_normal"))
        if rate:
            model.add(layers.Dropout(rate))
    model.add(dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.AdamW(weight_decay=decay) if decay else keras.optimizers.Adam(),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def kernel(model, data):
    """The weights between the first two hidden layers."""
    return {"weights": model.get_weights()[2]}


def paths(start, minimum, curvature, strengths, steps, learning_rate):
    """Descents on ½ (w − m)ᵀ H (w − m) plus the penalty, (strengths, steps + 1, 2)."""
    minimum, curvature = ops.convert_to_tensor(minimum), ops.convert_to_tensor(curvature)
    found = []
    for strength in strengths:
        w, path = keras.Variable(start, dtype=start.dtype.name), [start]
        optimizer = keras.optimizers.SGD(learning_rate=learning_rate)
        for _ in range(steps):
            gradient = ops.matmul(curvature, w - minimum) + 2 * strength * w
            optimizer.apply([gradient], [w])
            path.append(w.numpy())
        found.append(path)
    return {"paths": np.array(found)}


def shrinking(w, gradients, strength, learning_rate):
    """What Adam makes of weights whose gradients are noise, with the penalty and with the decay."""
    adam = keras.optimizers.Adam(learning_rate=learning_rate)
    adamw = keras.optimizers.AdamW(learning_rate=learning_rate, weight_decay=2 * strength)
    penalised, decayed = (keras.Variable(w, dtype=w.dtype.name) for _ in range(2))
    found = {"penalty": [w], "decoupled": [w]}
    for g in ops.convert_to_tensor(gradients):
        adam.apply([g + 2 * strength * penalised], [penalised])
        adamw.apply([g], [decayed])
        found["penalty"].append(penalised.numpy())
        found["decoupled"].append(decayed.numpy())
    return {name: np.stack(values) for name, values in found.items()}
