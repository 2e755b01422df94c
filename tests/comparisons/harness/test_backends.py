"""The backends' modules: what every column relies on."""

import os
import subprocess
import sys

import numpy as np
import pytest

from comparisons.harness import backends
from comparisons.harness.runs import environment


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


FRAMEWORKS = ("keras", *backends.KERAS_BACKENDS)


def in_a_process(code, **variables):
    """What `code` prints in a process whose environment holds none of the settings but these."""
    kept = {k: v for k, v in os.environ.items() if k not in (*backends.SETTINGS, "KERAS_BACKEND")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, "PYTHONPATH": os.getcwd(), **variables},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", backends.KERAS_BACKENDS)
def test_settings_are_made_before_a_framework_is_imported(name):
    if reason := backends.missing(name):
        pytest.skip(reason)
    code = f"""
import os, sys
from comparisons.harness import backends
seen = []
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name in {FRAMEWORKS}:
            seen.append((name, all(os.environ.get(k) == v for k, v in backends.SETTINGS.items())))
sys.meta_path.insert(0, Finder())
backends.load({name!r})
assert {name!r} in dict(seen), seen
print(all(done for _, done in seen))
"""
    assert in_a_process(code) == "True"


def test_what_the_user_has_set_stays():
    code = """
import os
from comparisons.harness import backends
backends.set_up()
print(os.environ["TF_ENABLE_ONEDNN_OPTS"], os.environ["OMP_WAIT_POLICY"])
"""
    assert in_a_process(code, TF_ENABLE_ONEDNN_OPTS="0") == "0 PASSIVE"


CHANNELS_FIRST = """
import numpy as np
from comparisons.harness import backends
from comparisons.harness.proof import checks
backend = backends.load("tensorflow")
import keras
def run():
    convolution = keras.layers.Conv2D(2, 3, data_format="channels_first")
    return {"output": np.asarray(convolution(np.ones((1, 1, 5, 5), "float32"))) * 0}
(record,) = checks.compare_run(
    "convolution", "keras-tensorflow", "float32", {"output": np.zeros((1, 2, 3, 3))}, run,
    {"output": 1.0},
)
print(record.passed, record.ran, record.reason)
"""


def test_tensorflow_convolves_channels_first_by_default():
    assert in_a_process(CHANNELS_FIRST) == "True True"


def test_what_has_no_kernel_is_said_to_be_no_failure():
    said = in_a_process(CHANNELS_FIRST, TF_ENABLE_ONEDNN_OPTS="0")
    assert said == (
        "True False cannot run here: The Conv2D op currently only supports the NHWC tensor format "
        "on the CPU. The op was given the format: NCHW"
    )


def test_any_other_error_of_tensorflow_is_one():
    import tensorflow as tf

    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        tf.nn.conv2d(tf.ones((1, 4, 4, 1)), tf.ones((2, 2, 3, 1)), 1, "SAME")
    assert backends.no_kernel(caught.value) is None
    assert backends.no_kernel(ValueError("only supports NHWC")) is None


@pytest.mark.parametrize(
    ("name", "entry", "setting"),
    [
        ("keras-torch", "threads", "OMP_WAIT_POLICY"),
        ("keras-tensorflow", "precision", "TF_ENABLE_ONEDNN_OPTS"),
    ],
)
def test_a_column_says_the_setting_that_bears_on_it(monkeypatch, name, entry, setting):
    monkeypatch.setenv(setting, "as set")
    assert f"{setting}=as set" in environment.column(name, None, "cpu")[entry]
