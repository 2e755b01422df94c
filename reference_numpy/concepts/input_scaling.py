"""Scaling of inputs: standardized, whitened, and what learning gains by either."""

import numpy as np

import reference_numpy as rn


def column_statistics(x):
    """Mean and variance of every column: of the training rows alone, whatever is scaled by them."""
    return x.mean(axis=0), x.var(axis=0)


def standardize(x, mean, variance):
    """Every column with mean 0 and deviation 1; a column that is constant becomes 0.

    Args:
        x: (n, inputs). mean, variance: (inputs,), of the training rows.

    Source: LeCun et al. 1998, Efficient BackProp, 4.3.
    """
    deviation = np.maximum(np.sqrt(variance), 1e-7)
    return ((x - mean) / deviation).astype(x.dtype), deviation


def standardize_backward(dy, cache):
    """The gradient by x: dy / σ."""
    return (dy / cache).astype(dy.dtype)


def whitening(x, epsilon=0.0, zca=False):
    """Mean and matrix W such that the columns of (x − mean) W are uncorrelated, of variance 1.

    The eigenvectors of the covariance are the main axes of the data, the eigenvalues the variances
    along them. PCA whitening turns the data onto these axes; ZCA whitening turns them back.

    Args:
        x: (n, inputs), the training rows.
        epsilon: added to the variances, lest axes with hardly any be blown up.

    Source: Bell & Sejnowski 1997, The "independent components" of natural scenes are edge filters.
    """
    mean = x.mean(axis=0)
    covariance = (x - mean).T @ (x - mean) / len(x)
    variances, axes = np.linalg.eigh(covariance)
    axes = axes * np.sign(axes.sum(axis=0))  # an axis may point either way
    matrix = axes / np.sqrt(variances + epsilon)
    return mean, matrix @ axes.T if zca else matrix


def forms(train, x, epsilon):
    """x as it is, standardized, and then whitened, all by what the training rows teach."""
    statistics = column_statistics(train)
    (standard, _), (standard_train, _) = (standardize(own, *statistics) for own in (x, train))
    found = {"unscaled": x, "standardized": standard}
    for name, zca in (("PCA", False), ("ZCA", True)):
        mean, matrix = whitening(standard_train, epsilon, zca)
        found[name] = (standard - mean) @ matrix
    return found


def surfaces(x, y, ratios, grid, start, steps):
    """Squared error over the two weights of a linear regression, and the descent down it.

    The second input is multiplied by each of the ratios. The learning rate is the best there is for
    the form: 2 / (the largest and the least curvature added up).

    Args:
        x: (n, 2), y: (n, 1). grid: (2, points), weights. start: (2, 1).

    Returns:
        For each ratio and form the errors (points,) and the path (steps + 1, 2).
    """
    found = {}
    model = rn.Sequential([rn.Input((2,)), rn.layers.Dense(1, use_bias=False)])
    for ratio in ratios:
        scales = np.array([1, ratio], x.dtype)
        for name, own in forms(x * scales, x * scales, 0.0).items():
            curvatures = np.linalg.eigvalsh(2 * own.T @ own / len(own))
            model.compile(rn.optimizers.SGD(float(2 / curvatures.sum())), loss="mean_squared_error")
            model.set_weights([start])
            path = [start[:, 0]]
            for _ in range(steps):
                model.train_on_batch(own, y)
                path.append(model.get_weights()[0][:, 0])
            found[f"{name}, {ratio}: errors"] = np.mean((own @ grid - y) ** 2, axis=0)
            found[f"{name}, {ratio}: path"] = np.stack(path)
    return found


@np.errstate(over="ignore", invalid="ignore")  # where a rate is too large, weights overflow
def learning(x, y, parts, rates, steps, every, epsilon, generator):
    """The same network trained from the same weights and batches on every form of the inputs.

    Args:
        x: (n, inputs), y: (n, 1), training rows first, then validation and test rows.
        parts: how many rows each of the three has.
        rates: learning rates by optimizer and form.

    Returns:
        For each optimizer and form the log loss on validation and on test rows, (rates, steps /
        every), and the first training losses, (rates, 3).
    """
    train, others = np.split(np.arange(len(x)), parts[:1])
    scaled = forms(x[train], x, epsilon)
    batches = [generator.choice(train, 32) for _ in range(steps)]
    shapes = (x.shape[1], 16), (16, 1)
    w1, w2 = (generator.normal(0, (2 / shape[0]) ** 0.5, shape) for shape in shapes)
    found = {}
    for (optimizer, form), own_rates in rates.items():
        losses, held, own = [], [], scaled[form]
        for rate in own_rates:
            model = build_network(x.shape[1], optimizer, rate)
            model.set_weights([w1, np.zeros(16), w2, np.zeros(1)])
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


def build_network(inputs, optimizer, rate):
    """A hidden layer of 16 with ReLU, and one logit."""
    model = rn.Sequential(
        [rn.Input((inputs,)), rn.layers.Dense(16, activation="relu"), rn.layers.Dense(1)]
    )
    kinds = {"SGD": rn.optimizers.SGD, "Adam": rn.optimizers.Adam}
    model.compile(kinds[optimizer](rate), loss=rn.losses.BinaryCrossentropy(from_logits=True))
    return model


def log_loss(logits, y):
    """−log of the right answer's probability, example by example."""
    return np.logaddexp(0, logits) - y * logits
