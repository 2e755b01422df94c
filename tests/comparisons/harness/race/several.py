"""A process that trains with JAX on several devices, and writes what came of it.

Arguments: the file; then, of two processes that share the devices, the coordinator's address and
which of them this is.
"""

import sys

import jax
import keras
import numpy as np

from comparisons.harness.race.loops.jax import Loop
from tests.comparisons.harness.race import tiny


def trained(devices, scans):
    """The gradients of the first batch, and the weights after all, on so many devices."""
    loop = Loop(lambda: tiny.compiled(keras), devices)
    loop.scans = scans
    x, y, order = tiny.rows()
    loop.start(tiny.weights())
    x, y, order = loop.place(x), loop.place(y), loop.share(order)
    trainable, others, *_ = loop.state

    def loss(weights, x, y, chosen):
        found, _ = loop.model.stateless_call(weights, others, x[chosen], training=True)
        return tiny.loss(keras)(y[chosen], found)

    whole = [value.sharding for value in trainable]
    found = jax.jit(jax.grad(loss), out_shardings=whole)(trainable, x, y, order[0])
    gradients = {f"gradient {n}": np.array(g) for n, g in enumerate(found)}
    loop.epoch(x, y, order)
    return gradients | {f"weight {n}": w for n, w in enumerate(loop.weights())}


def main(file, address=None, process=None):
    """Everything that this process trains, by name."""
    if address:
        keras.distribution.initialize(address, 2, int(process))
        found = {"two processes": trained(8, scans=False)}
    else:
        found = {"one device": trained(1, scans=False), "eight devices": trained(8, scans=True)}
    named = {f"{name}: {key}": w for name, run in found.items() for key, w in run.items()}
    np.savez(file, devices=len(jax.devices()), **named)


if __name__ == "__main__":
    main(*sys.argv[1:])
