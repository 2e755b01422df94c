"""Devices: a demonstration is given those that there are, and the page tells of each of them."""

from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

import numpy as np
import pytest

from comparisons import cpu_and_gpu
from comparisons.harness.catalogue import keras_half
from comparisons.harness.concept import Demonstration


@pytest.mark.parametrize("names, wanted", [([], ["cpu"]), (["a card"], ["cpu", "gpu"])])
def test_a_demonstration_is_given_the_devices_that_there_are(names, wanted):
    entered = []

    @contextmanager
    def on_device(kind):
        entered.append(kind)
        yield

    def places(devices):
        for on in devices.values():
            with on():
                pass
        return dict.fromkeys(devices, 0)

    backend = SimpleNamespace(devices=lambda: names, on_device=on_device)
    found = Demonstration("places").run(SimpleNamespace(places=places), {}, 0, backend)
    assert list(found) == entered == wanted


def test_the_steps_are_measured_on_each_device():
    given = cpu_and_gpu.for_steps(0) | {"sizes": [(4, 2), (3, 5)], "repeats": 2}
    devices = {"cpu": nullcontext, "gpu": nullcontext}
    steps = keras_half("cpu_and_gpu").step_seconds
    found = steps(**given, generator=np.random.default_rng(0), devices=devices)
    for size in given["sizes"]:
        assert min(found[cpu_and_gpu.key(size, device)] for device in devices) > 0


def test_the_page_says_what_a_step_costs_and_from_which_width_a_gpu_is_faster():
    counts = np.array([cpu_and_gpu.multiplications(*size) for size in cpu_and_gpu.BY_WIDTH])
    cpu, gpu = 1e-3 + counts / 1e10, 2e-3 + counts / 1e12
    found = {("keras-jax", "cpu"): cpu[None]}
    alone = cpu_and_gpu.what_is_seen(found)
    assert "no GPU" in alone[0] and "GPUはなかった" in alone[1]
    assert list(cpu_and_gpu.by_column(found)) == ["keras-jax"]
    found["keras-jax", "gpu"] = gpu[None]
    english, japanese = cpu_and_gpu.what_is_seen(found)
    assert "Keras · JAX 1 ms, 10 million" in english and "JAX 1 ms（1,000万回）" in japanese
    assert "Keras · JAX 512." in english and "Keras · JAX 512。" in japanese
    names = ["Keras · JAX, CPU", "Keras · JAX, GPU"]
    assert list(cpu_and_gpu.by_column(found)) == names
