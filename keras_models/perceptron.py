"""The perceptron in Keras: a Dense layer of one unit whose activation is a step."""

from keras import layers, ops
from keras.initializers import Constant


def weighted_sum(w):
    """The weighted sum and the bias: a Dense layer without an activation."""
    return layers.Dense(units=w.shape[1])


def step():
    """1 where z > 0, else 0; Keras has no such activation, since nothing can be learned by it."""
    return lambda z: ops.cast(z > 0, z.dtype)


def AND():
    """1 where both inputs are 1."""
    layer = layers.Dense(
        1,
        activation=step(),
        kernel_initializer=Constant(0.5),
        bias_initializer=Constant(-0.7),
    )
    return lambda x: layer(x)


def NAND():
    """Not AND: its weights and bias with the other sign."""
    layer = layers.Dense(
        1,
        activation=step(),
        kernel_initializer=Constant(-0.5),
        bias_initializer=Constant(0.7),
    )
    return lambda x: layer(x)


def OR():
    """1 where at least one input is 1: AND with another bias."""
    layer = layers.Dense(
        1,
        activation=step(),
        kernel_initializer=Constant(0.5),
        bias_initializer=Constant(-0.2),
    )
    return lambda x: layer(x)


def XOR():
    """1 where the inputs differ: one layer of two perceptrons, and one over it."""
    first, second = (NAND(), OR()), AND()
    return lambda x: second(ops.concatenate([gate(x) for gate in first], axis=1))


def gates(x):
    """What each gate answers at the points x, (n, 2)."""
    return {gate.__name__: ops.convert_to_numpy(gate()(x))[:, 0] for gate in (AND, NAND, OR, XOR)}


def search(x, targets, number, generator):
    """The most rows of each target that any of many networks drawn at random gets right."""
    w, b = generator.normal(size=(2, number)), generator.normal(size=number)
    one = dense(x, w, b, step())

    w, b = generator.normal(size=(2, 2 * number)), generator.normal(size=2 * number)
    hidden = ops.reshape(dense(x, w, b, step()), (len(x), 2, number))
    v, c = generator.normal(size=(2, number)), generator.normal(size=number)
    two = step()(ops.sum(hidden * ops.cast(v, hidden.dtype), axis=1) + ops.cast(c, hidden.dtype))
    return {"one perceptron": most_right(one, targets), "two layers": most_right(two, targets)}


def dense(x, w, b, activation):
    """A Dense layer's answers with these weights."""
    layer = layers.Dense(len(b), activation=activation)
    layer.build(x.shape)
    layer.set_weights([w, b])
    return layer(x)


def most_right(answers, targets):
    """For each target (functions, n) the most rows right of all the answers (n, number)."""
    right = ops.convert_to_numpy(answers)[None] == targets[:, :, None]
    return right.sum(axis=1).max(axis=1).astype(targets.dtype)
