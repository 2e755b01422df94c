"""Scaling of inputs in Keras: `Normalization`, which learns by `adapt`; and whitening."""

import keras
import numpy as np
from keras import layers, ops


def column_statistics():
    """Mean and variance of every column."""
    return lambda x: ops.moments(x, axes=0)


def standardize(mean, variance):
    """With statistics that are known; without them, `layer.adapt(train)` learns them."""
    return layers.Normalization(mean=mean, variance=variance)


def whitening(epsilon, zca):
    """Mean and matrix W such that the columns of (x − mean) W are uncorrelated, of variance 1."""

    def learn(x):
        mean = ops.mean(x, axis=0)
        covariance = ops.matmul(ops.transpose(x - mean), x - mean) / len(x)
        variances, axes = ops.linalg.eigh(covariance)
        axes = axes * ops.sign(ops.sum(axes, axis=0))
        matrix = axes / ops.sqrt(variances + epsilon)
        return mean, ops.matmul(matrix, ops.transpose(axes)) if zca else matrix

    return learn


def forms(train, x, epsilon):
    """x as it is, standardized, and then whitened, all by what the training rows teach."""
    layer = layers.Normalization()
    layer.adapt(train)
    standard = layer(x)
    found = {"unscaled": x, "standardized": standard}
    for name, zca in (("PCA", False), ("ZCA", True)):
        mean, matrix = whitening(epsilon, zca)(layer(train))
        found[name] = ops.matmul(standard - mean, matrix)
    return {name: ops.convert_to_numpy(value) for name, value in found.items()}


def surfaces(x, y, ratios, grid, start, steps):
    """Squared error over the two weights of a linear regression, and the descent down it.

    Returns: see the NumPy half.
    """
    found = {}
    model = keras.Sequential([layers.Input((2,)), layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(), loss="mean_squared_error")
    for ratio in ratios:
        scales = np.array([1, ratio], x.dtype)
        for name, own in forms(x * scales, x * scales, 0.0).items():
            curvatures, _ = ops.linalg.eigh(2 * ops.matmul(own.T, own) / len(own))
            model.optimizer.learning_rate = float(2 / ops.sum(curvatures))
            model.set_weights([start])
            path = [start[:, 0]]
            for _ in range(steps):
                model.train_on_batch(own, y)
                path.append(model.get_weights()[0][:, 0])
            errors = ops.mean((ops.matmul(own, grid) - y) ** 2, axis=0)
            found[f"{name}, {ratio}: errors"] = ops.convert_to_numpy(errors)
            found[f"{name}, {ratio}: path"] = np.stack(path)
    return found


@np.errstate(over="ignore", invalid="ignore")  # where a rate is too large, weights overflow
def learning(x, y, parts, rates, steps, every, epsilon, generator):
    """The same network trained from the same weights and batches on every form of the inputs.

    Returns: see the NumPy half.
    """
    train, others = np.split(np.arange(len(x)), parts[:1])
    scaled = forms(x[train], x, epsilon)
    batches = [generator.choice(train, 32) for _ in range(steps)]
    shapes = (x.shape[1], 16), (16, 1)
    w1, w2 = (generator.normal(0, (2 / shape[0]) ** 0.5, shape) for shape in shapes)
    models = {name: build_network(x.shape[1], name) for name, _ in rates}
    fresh = {name: [v.numpy() for v in m.optimizer.variables] for name, m in models.items()}
    found = {}
    for (optimizer, form), own_rates in rates.items():
        losses, held, own, model = [], [], scaled[form], models[optimizer]
        for rate in own_rates:
            model.set_weights([w1, np.zeros(16), w2, np.zeros(1)])
            # Back to its first step: to compile another one would take seconds.
            for variable, value in zip(model.optimizer.variables, fresh[optimizer]):
                variable.assign(value)
            model.optimizer.learning_rate = rate
            for step, batch in enumerate(batches):
                model.reset_metrics()
                losses.append(model.train_on_batch(own[batch], y[batch]))
                if step % every == every - 1:
                    each = log_loss(model.predict_on_batch(own[others]), y[others])
                    held.append([part.mean() for part in np.split(each, parts[1:2])])
        losses, held = (np.reshape(v, (len(own_rates), -1)) for v in (losses, held))
        found[f"{optimizer}, {form}: first losses"] = losses[:, :3]
        found[f"{optimizer}, {form}: validation"] = held[:, ::2]
        found[f"{optimizer}, {form}: test"] = held[:, 1::2]
    return found


def build_network(inputs, optimizer):
    """A hidden layer of 16 with ReLU, and one logit."""
    model = keras.Sequential(
        [layers.Input((inputs,)), layers.Dense(16, activation="relu"), layers.Dense(1)]
    )
    kinds = {"SGD": keras.optimizers.SGD, "Adam": keras.optimizers.Adam}
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(kinds[optimizer](), loss=loss)
    model.optimizer.build(model.trainable_variables)
    return model


def log_loss(logits, y):
    """−log of the right answer's probability, example by example."""
    return np.logaddexp(0, logits) - y * logits
