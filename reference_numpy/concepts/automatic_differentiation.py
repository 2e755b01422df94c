"""Automatic differentiation: a tape that writes down what was computed, and walks back along it."""

import time

import numpy as np

from reference_numpy.concepts.backpropagation import backpropagation, differences


class Tape:
    """Writes down every step of a computation, each with its way back to what it came from.

    Source: Wengert 1964, A simple automatic derivative evaluation program (the list of steps);
    Linnainmaa 1976, Taylor expansion of the accumulated rounding error (the way back).
    """

    def __init__(self):
        self.steps = []

    def write(self, value, *parents):
        """A new variable; parents: `(variable, back)`, back(dz) being what that one is to get."""
        self.steps.append(parents)
        return Variable(value, self, len(self.steps) - 1)

    def gradient(self, y, variables):
        """The derivative of y by each of the variables: the steps in reverse order."""
        grads = {y.place: np.ones_like(y.value)}
        for place in reversed(range(y.place + 1)):
            for parent, back in self.steps[place] if place in grads else ():
                grads[parent.place] = grads.get(parent.place, 0) + back(grads[place])
        return [grads.get(v.place, np.zeros_like(v.value)) for v in variables]


class Variable:
    """An array, its tape, and its place on it; what is computed with it is written down."""

    __array_ufunc__ = None  # array @ variable is the variable's affair

    def __init__(self, value, tape, place):
        self.value, self.tape, self.place = value, tape, place

    def of(self, other):
        """The other operand as a variable of the same tape."""
        known = isinstance(other, Variable)
        return other if known else self.tape.write(np.asarray(other, self.value.dtype))

    def __add__(self, other):
        x, y = self, self.of(other)
        backs = (x, lambda dz: shrink(dz, x)), (y, lambda dz: shrink(dz, y))
        return self.tape.write(x.value + y.value, *backs)

    def __mul__(self, other):
        x, y = self, self.of(other)
        backs = (x, lambda dz: shrink(dz * y.value, x)), (y, lambda dz: shrink(dz * x.value, y))
        return self.tape.write(x.value * y.value, *backs)

    def __matmul__(self, other):
        x, y = self, self.of(other)
        backs = (x, lambda dz: dz @ y.value.T), (y, lambda dz: x.value.T @ dz)
        return self.tape.write(x.value @ y.value, *backs)

    def __pow__(self, n):
        return self.tape.write(self.value**n, (self, lambda dz: dz * n * self.value ** (n - 1)))

    def __sub__(self, other):
        return self + self.of(other) * -1.0

    def __truediv__(self, other):
        return self * self.of(other) ** -1.0

    def __rmatmul__(self, other):
        return self.of(other) @ self

    def __rsub__(self, other):
        return self.of(other) - self

    def __rtruediv__(self, other):
        return self.of(other) / self

    __radd__, __rmul__ = __add__, __mul__


def shrink(dz, x):
    """Sum dz over the axes along which x was repeated to meet a larger array."""
    dz = dz.sum(axis=tuple(range(dz.ndim - x.value.ndim)))
    return dz.sum(axis=tuple(a for a, n in enumerate(x.value.shape) if n == 1), keepdims=True)


def exp(x):
    """eˣ."""
    y = np.exp(x.value)
    return x.tape.write(y, (x, lambda dz: dz * y))


def log(x):
    """log x."""
    return x.tape.write(np.log(x.value), (x, lambda dz: dz / x.value))


def maximum(x, bound):
    """The larger of both; the gradient passes where that is x."""
    return x.tape.write(np.maximum(x.value, bound), (x, lambda dz: dz * (x.value > bound)))


def total(x, axis=None):
    """The sum along an axis, which is kept with length 1, or of everything."""
    y = x.value.sum(axis=axis, keepdims=axis is not None)
    return x.tape.write(y, (x, lambda dz: np.broadcast_to(dz, x.value.shape)))


def value_and_gradients(function, *arrays):
    """A function's value, which is a number, and its gradients for these arrays."""
    tape = Tape()
    variables = [tape.write(array) for array in arrays]
    y = function(*variables)
    return y.value, tape.gradient(y, variables)


def network(x, t):
    """The loss of a network of two layers, as a function of its weights: forward and no more."""

    def loss(W1, b1, W2, b2):
        h = maximum(x @ W1 + b1, 0)
        a = h @ W2 + b2
        return total(log(total(exp(a), axis=1)) - total(a * t, axis=1)) / len(x)

    return loss


def gradients(x, t, **weights):
    """Loss and gradients by the tape; and the gradients by hand and by differences."""
    loss, grads = value_and_gradients(network(x, t), *weights.values())
    found = {f"gradient of {name}": grad for name, grad in zip(weights, grads)}
    _, by_hand = backpropagation(x, t, list(weights.values()))
    slow = differences(x, t, list(weights.values()))
    found |= {f"by hand, {name}": grad for name, grad in zip(weights, by_hand)}
    return {"loss": loss, **found, **{f"difference, {n}": g for n, g in zip(weights, slow)}}


def newton(x, steps):
    """√x by Newton's method, and the derivative of that loop, after each number of turns."""
    found = {"values": [], "derivatives": []}
    for turns in steps:
        values = []

        def root(x, turns=turns, values=values):
            y = x * 0.5 + 0.5
            for _ in range(turns):
                y = (y + x / y) * 0.5
            values.append(y.value)
            return total(y)

        _, (slope,) = value_and_gradients(root, x)
        found["values"] += values
        found["derivatives"].append(slope)
    return found


def lengths(x):
    """√(x²) for each number, and its derivative."""
    with np.errstate(divide="ignore", invalid="ignore"):
        _, (slope,) = value_and_gradients(lambda x: total((x * x) ** 0.5), x)
    return {"lengths": np.sqrt(x * x), "derivatives": slope}


def cost(x, t, widths, repeats, generator):
    """Seconds of loss and gradients by hand and by the tape, in turns, by width of the layer."""
    works = {
        "by hand": lambda weights: backpropagation(x, t, weights),
        "by the tape": lambda weights: value_and_gradients(network(x, t), *weights),
    }
    found = {name: [] for name in ("loss", *works)}
    for width in widths:
        shapes = (x.shape[1], width), (width,), (width, t.shape[1]), (t.shape[1],)
        weights = [0.1 * generator.normal(size=shape) for shape in shapes]
        seconds = {name: [] for name in works}
        for _ in range(repeats):
            for name, work in works.items():
                start = time.perf_counter()
                loss, _ = work(weights)
                seconds[name].append(time.perf_counter() - start)
        found["loss"].append(loss)
        for name, taken in seconds.items():
            found[name].append(np.median(taken))
    return found
