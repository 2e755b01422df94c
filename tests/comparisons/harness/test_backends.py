"""The backends' modules: what every column relies on."""

import numpy as np

from comparisons.harness import backends


def test_seeded_epochs_are_shuffled_anew():
    backend = backends.load("tensorflow")
    import keras
    import tensorflow as tf

    seen = []

    class Recorder(keras.layers.Layer):
        def call(self, x):
            if tf.executing_eagerly():
                seen.extend(np.ravel(x))
            return x

    backend.set_seed(0)
    model = keras.Sequential([keras.Input((1,)), Recorder(), keras.layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    x = np.arange(64.0)[:, None]
    seen.clear()
    model.fit(x, x, batch_size=16, epochs=3, verbose=0)
    orders = np.reshape(seen, (3, 64))
    assert np.array_equal(np.sort(orders), np.tile(x[:, 0], (3, 1)))
    assert len(np.unique(orders, axis=0)) == 3


def test_seeded_weights_are_the_same_again():
    backend = backends.load("tensorflow")
    import keras

    def draw(seed):
        backend.set_seed(seed)
        layer = keras.layers.Dense(3)
        layer.build((None, 4))
        return layer.get_weights()[0]

    assert np.array_equal(draw(1), draw(1))
    assert not np.array_equal(draw(1), draw(2))
