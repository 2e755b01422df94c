"""TensorFlow: an epoch is one graph with a loop in it, which XLA compiles for a GPU."""

import tensorflow as tf

from comparisons.harness.race.loops import DeviceLoop


class Loop(DeviceLoop):
    """XLA is not asked for on a CPU: inside of a loop it computes convolutions slowly there."""

    def __init__(self, build, devices: int = 1):
        super().__init__(build, devices)
        compiled = bool(tf.config.list_logical_devices("GPU"))
        self._train = tf.function(self._steps, jit_compile=compiled)
        self._count = tf.function(self._right, jit_compile=compiled)

    def epoch(self, x, y, order) -> None:
        """One call of a graph."""
        self._train(x, y, order)

    def correct(self, x, y, order) -> int:
        """One call of a graph."""
        return int(self._count(x, y, order))

    def _steps(self, x, y, order):
        for chosen in order:
            self.model.train_step((tf.gather(x, chosen), tf.gather(y, chosen)))

    def _right(self, x, y, order):
        right = tf.constant(0)
        for chosen in order:
            found = self.model(tf.gather(x, chosen), training=False)
            same = tf.argmax(found, -1, y.dtype) == tf.gather(y, chosen)
            right += tf.reduce_sum(tf.cast(same, right.dtype))
        return right
