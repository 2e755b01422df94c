"""Data parallel on JAX: eight virtual devices, and two processes, train as one device does."""

import os
import socket
import subprocess
import sys

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.proof import checks
from comparisons.harness.proof.precision import reference_precision
from tests.comparisons.harness.race import tiny

SECONDS = 600  # after which processes that wait for each other are ended
#: Little is computed; and on a busy machine a virtual device may come late to a sum.
XLA = (
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true "
    f"--xla_cpu_collective_call_terminate_timeout_seconds={SECONDS} "
    f"--xla_cpu_collective_timeout_seconds={SECONDS}"
)


def oracle(jitter=lambda array: array):
    """The same gradients and weights by the NumPy half in float64."""
    with reference_precision("float64"):
        model, loss = tiny.compiled(rn), tiny.loss(rn)
    model.set_weights([jitter(w.astype("float64")) for w in tiny.weights()])
    x, y, order = tiny.rows("float64")
    x, start = jitter(x), model.get_weights()
    y_pred, cache = model.forward(x[order[0]], training=True)
    _, dy = loss.value_and_gradient(y[order[0]], y_pred)
    found = {f"gradient {n}": g for n, g in enumerate(model.backward(dy, cache)[1])}
    model.set_weights(start)  # moving averages have moved
    for chosen in order:
        model.train_on_batch(x[chosen], y[chosen])
        model.set_weights([jitter(w) for w in model.get_weights()])
    return found | {f"weight {n}": w for n, w in enumerate(model.get_weights())}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """What each way of training gave, and how many devices its process saw."""
    if reason := backends.missing("jax"):
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("devices")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    wanted = {"alone": (8,), "first": (4, address, "0"), "second": (4, address, "1")}
    processes = {
        name: subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.comparisons.harness.race.several"),
                *(str(folder / f"{name}.npz"), *arguments),
            ],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "KERAS_BACKEND": "jax",
                "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices} {XLA}",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name, (devices, *arguments) in wanted.items()
    }
    found = {}
    try:
        for name, process in processes.items():
            _, told = process.communicate(timeout=SECONDS)
            assert process.returncode == 0, told
            with np.load(folder / f"{name}.npz") as arrays:
                assert arrays["devices"] == 8
                for key in arrays.files[1:]:
                    way, _, quantity = key.partition(": ")
                    way = f"{way}, {name}" if way == "two processes" else way
                    found.setdefault(way, {})[quantity] = arrays[key]
    finally:
        for process in processes.values():
            process.kill()
            process.communicate()
    return found


def test_gradients_and_weights_are_those_of_one_device(runs):
    exact = oracle()
    scale = checks.scales(oracle, exact)
    one = runs.pop("one device")
    moved = [(one[f"weight {n}"] != start).any() for n, start in enumerate(tiny.weights())]
    assert all(moved)
    records = checks.compare_all("one device", "the NumPy half", "float32", exact, one, scale)
    assert len(runs) == 3
    for way, found in runs.items():
        records += checks.compare_all(way, "one device", "float32", one, found, scale)
    assert len(records) == 4 * len(exact)
    assert all(record.passed for record in records), "\n".join(map(str, records))
