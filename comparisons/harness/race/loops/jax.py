"""JAX: an epoch is one compiled scan over Keras's stateless step, on one device or on several."""

import jax
import keras

from comparisons.harness.race.loops import DeviceLoop


class Loop(DeviceLoop):
    """Data parallel by `keras.distribution`.

    Weights and data are whole on every device, the order is parted: each device takes its rows of a
    batch, and the compiler adds what is summed over the batch (losses, gradients, statistics).
    """

    def on(self, devices: int):
        """The distribution's scope."""
        there = keras.distribution.list_devices()
        if devices > len(there):
            raise ValueError(f"--devices {devices}: JAX sees {len(there)} here")
        parallel = keras.distribution.DataParallel(devices=there[:devices])
        self.mesh, self.parts = parallel.device_mesh, parallel.batch_dim_name
        # On a CPU the gradient of a convolution takes XLA 50 times as long inside of a loop
        # (https://github.com/jax-ml/jax/issues/12868).
        self.scans = not there[0].startswith("cpu")
        return parallel.scope()

    def __init__(self, build, devices: int = 1):
        super().__init__(build, devices)
        self.start(self.model.get_weights())
        kept = jax.tree.map(lambda value: value.sharding, self.state)
        self._train = jax.jit(self._steps, donate_argnums=0, out_shardings=kept)
        self._step = jax.jit(self._a_step, donate_argnums=0, out_shardings=kept)
        self._rows = jax.jit(lambda x, y, order, step: (x[order[step]], y[order[step]]))
        self._count = jax.jit(self._right)

    def start(self, weights) -> None:
        """The state is what Keras's `train_step` takes and gives."""
        super().start(weights)
        model = self.model
        self.state = tuple(
            [variable.value for variable in variables]
            for variables in (
                model.trainable_variables,
                model.non_trainable_variables,
                model.optimizer.variables,
                model.metrics_variables,
            )
        )

    def place(self, array):
        """Whole on every device, once it is there."""
        return jax.block_until_ready(self._distribute(array, [None] * array.ndim))

    def share(self, order):
        """Each device has its part of every batch."""
        return self._distribute(order, [None, self.parts])

    def _distribute(self, array, axes):
        layout = keras.distribution.TensorLayout(axes, self.mesh)
        return keras.distribution.distribute_tensor(array, layout)

    def epoch(self, x, y, order) -> None:
        """One call of a compiled function, on a CPU one a step; the state before it is given up."""
        if self.scans:
            self.state = self._train(self.state, x, y, order)
        else:
            for step in range(len(order)):
                self.state = self._step(self.state, self._rows(x, y, order, step))
        jax.block_until_ready(self.state)

    def correct(self, x, y, order) -> int:
        """One call of a compiled function."""
        return int(self._count(self.state[:2], x, y, order))

    def weights(self):
        """Those of the state; the model's own are of the start."""
        variables = self.model.trainable_variables + self.model.non_trainable_variables
        for variable, value in zip(variables, sum(self.state[:2], []), strict=True):
            variable.assign(value)
        return super().weights()

    def _a_step(self, state, rows):
        return self.model.train_step(state, rows)[1]

    def _steps(self, state, x, y, order):
        def step(state, chosen):
            return self._a_step(state, (x[chosen], y[chosen])), None

        return jax.lax.scan(step, state, order)[0]

    def _right(self, state, x, y, order):
        def count(right, chosen):
            found, _ = self.model.stateless_call(*state, x[chosen], training=False)
            return right + (found.argmax(-1) == y[chosen]).sum(), None

        return jax.lax.scan(count, 0, order)[0]
