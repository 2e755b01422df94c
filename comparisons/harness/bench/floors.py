"""How fast the machine is at most, and how long a model's step takes at least.

Two ceilings: multiplications a second of a large float32 matrix product, bytes a second of a copy.
A step takes at least as long as its multiplications at the one rate, and as its bytes at the other.
"""

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from comparisons.harness.bench.measuring import EPOCH_STEPS, PHASES, VALIDATION_STEPS
from comparisons.harness.bench.models import Model

PRODUCT = 2048  # rows and columns of the matrices
COPIED = 2**25  # numbers that are copied: more than caches hold
BYTES = 4  # of a number
#: How often an update reads or writes a number for each weight: it, and what the rule keeps.
UPDATES = {"sgd": 2, "adam": 6}


@dataclass(frozen=True)
class Work:
    """What a batch asks for at least.

    Args:
        multiplications: of matrix products and convolutions.
        bytes: read and written, where no cache keeps anything from one layer to the next.
    """

    multiplications: float
    bytes: float

    def times(self, factor: float) -> "Work":
        """So much of it."""
        return Work(factor * self.multiplications, factor * self.bytes)

    def plus(self, other: "Work") -> "Work":
        """Both."""
        return Work(self.multiplications + other.multiplications, self.bytes + other.bytes)

    def seconds(self, product_rate: float, copy_rate: float) -> float:
        """How long it takes at least."""
        return max(self.multiplications / product_rate, self.bytes / copy_rate)


def ceilings(worker, cores: int, progress=None) -> tuple[float, float]:
    """Multiplications a second of a matrix product, bytes read and written a second of a copy."""
    (a, b, product), (source, target) = _matrices(), _numbers()
    with threadpool_limits(cores):
        seconds = _seconds(lambda: np.matmul(a, b, out=product))
    parts = [slice(*np.array([n, n + 1]) * COPIED // cores) for n in range(cores)]
    with ThreadPoolExecutor(cores) as pool:
        copying = _seconds(lambda: list(pool.map(lambda p: np.copyto(target[p], source[p]), parts)))
    return PRODUCT**3 / seconds, 2 * BYTES * COPIED / copying


@cache
def _matrices() -> list[np.ndarray]:
    return [np.ones((PRODUCT, PRODUCT), "float32") for _ in range(3)]


@cache
def _numbers() -> list[np.ndarray]:
    return [np.ones(COPIED, "float32") for _ in range(2)]


def _seconds(function: Callable[[], object]) -> float:
    """The shortest of three calls."""
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        function()
        taken.append(time.perf_counter() - start)
    return min(taken)


def work(worker, model: Model, file: str, progress=None) -> dict[str, Work]:
    """What each phase of a model asks for at least: a training step, a predicted batch, an epoch.

    Backward multiplies twice as often as forward: for the gradient of the weights, and for that of
    the inputs, which nobody asks for in the first layer that has weights. Counted as moved are the
    samples and the weights, in training with their gradients and what the optimizer keeps, and each
    output of a layer with weights, written once and read once on the way back.
    """
    import reference_numpy as rn
    from comparisons.harness.proof.calls import layer_calls

    library = rn.models.load_model(file, compile=False)
    x = np.zeros((model.batch_size, *library.input_shape[1:]), "float32")
    calls = [call for call in layer_calls(library, x) if call.layer.weights]
    products = [multiplications(call.layer, call.inputs[0], call.outputs) for call in calls]
    of_inputs = sum(inputs for inputs, _ in products)
    forward = of_inputs + sum(others for _, others in products)
    weights, outputs = library.count_params(), sum(call.outputs.size for call in calls)
    prediction = Work(forward, BYTES * (x.size + weights))
    step = Work(
        3 * forward - products[0][0],
        BYTES * (x.size + 2 * outputs + (2 + UPDATES[model.optimizer]) * weights),
    )
    epoch = step.times(EPOCH_STEPS).plus(prediction.times(VALIDATION_STEPS))
    return dict(zip(PHASES, (step, prediction, epoch), strict=True))


def multiplications(layer, x: np.ndarray, y: np.ndarray) -> tuple[int, int]:
    """Those of a layer's matrix products with its inputs x, which give y; and of its others."""
    from reference_numpy.layers import LSTM, MultiHeadAttention

    if isinstance(layer, MultiHeadAttention):
        batch, places, dims = x.shape
        inner = layer.num_heads * layer.key_dim
        # Queries, keys, values; scores, their sums of values, and the way out.
        return 3 * x.size * inner, batch * places * inner * (2 * places + dims)
    kernel, *others = [w.size for w in layer.get_weights() if w.ndim > 1] or [0]
    if isinstance(layer, LSTM):
        steps = math.prod(x.shape[:-1])
        return steps * kernel, steps * others[0]
    return math.prod(y.shape[:-1]) * kernel, 0  # the kernel meets every place of the outputs
