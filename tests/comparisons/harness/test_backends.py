"""The backends' modules: what every column relies on."""

import gc
import itertools
import os
import subprocess
import sys
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from comparisons.harness import backends
from comparisons.harness.runs import environment
from comparisons.harness.runs.worker import Worker


def test_a_seeded_fit_on_tensorflow_shuffles_every_epoch_anew_and_repeats():
    backend = backends.load("tensorflow")
    import keras
    import tensorflow as tf

    seen = []

    class Recorder(keras.layers.Layer):
        def call(self, inputs):
            if tf.executing_eagerly():
                seen.extend(zip(*map(np.ravel, inputs)))
            return inputs[0]

    x = np.arange(64.0)[:, None]

    def orders(seed):
        keras.utils.set_random_seed(seed)
        inputs = [keras.Input((1,)), keras.Input((1,), dtype="int32")]
        model = keras.Model(inputs, keras.layers.Dense(1)(Recorder()(inputs)))
        model.compile("sgd", "mse", run_eagerly=True)
        seen.clear()
        both = [x, x.astype("int32")]
        model.fit(**backend.batches(both, x, 16, seed), epochs=3, verbose=0)
        left, right = np.reshape(seen, (3, 64, 2)).transpose(2, 0, 1)
        assert np.array_equal(left, right)
        return left

    first = orders(0)
    assert np.array_equal(np.sort(first), np.tile(x[:, 0], (3, 1)))
    assert len(np.unique(first, axis=0)) == 3
    assert np.array_equal(orders(0), first)
    assert not np.array_equal(orders(1), first)


def test_a_training_on_tensorflow_leaves_no_graph_behind():
    backend = backends.load("tensorflow")
    import keras
    from tensorflow import Graph

    def graphs():
        gc.collect()
        return sum(isinstance(found, Graph) for found in gc.get_objects())

    def train():
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(**backend.batches(np.ones((4, 1)), np.ones((4, 1)), 2, 0), verbose=0)
        keras.utils.clear_session()

    backend.forget()
    before = graphs()
    train()
    assert graphs() > before  # or else this asks nothing
    Worker.forget(SimpleNamespace(backend=backend))  # as after every job
    assert graphs() <= before


def test_fit_on_tensorflow_validates_with_every_sample_after_every_epoch():
    backend = backends.load("tensorflow")
    import keras

    x, y = np.random.default_rng(0).normal(size=(2, 50, 1))
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    data = backend.batches(x, y, 16, 0) | backend.validation(x, y, 20)
    found = model.fit(**data, epochs=3, verbose=0).history
    wanted = np.mean((model.predict(x, verbose=0) - y) ** 2)
    np.testing.assert_allclose(found["val_loss"], [wanted] * 3, rtol=1e-6)


def test_batches_on_the_device_are_of_every_example_in_another_order_each_epoch():
    x, y = [np.arange(20.0), np.arange(20)], np.arange(20)

    def epochs(seed):
        given = backends.on_the_device(x, y, 8, seed)
        assert given["steps_per_epoch"] == 3 and given["shuffle"] is False
        batches = list(itertools.islice(given["x"], 6))
        for (floats, whole), answers in batches:
            assert all(map(keras.ops.is_tensor, (floats, whole, answers)))
            assert keras.backend.standardize_dtype(floats.dtype) == "float32"
            assert np.array_equal(floats, answers) and np.array_equal(whole, answers)
        assert [len(answers) for _, answers in batches] == [8, 8, 4] * 2
        return np.concatenate([answers for _, answers in batches]).reshape(2, 20)

    first = epochs(0)
    assert (np.sort(first) == y).all() and (first[0] != first[1]).any()
    assert (epochs(0) == first).all() and (epochs(1) != first).any()


@pytest.mark.parametrize("name", ["jax", "torch"])
def test_with_a_gpu_fit_is_given_batches_on_the_device(name):
    if reason := backends.missing(name):
        pytest.skip(reason)
    code = f"""
from comparisons.harness import backends
backend = backends.load({name!r})
import keras
import numpy as np
backend.devices = lambda: ["a card"]
x, seen = np.arange(20, dtype="float32")[:, None], []
given = backend.batches(x, x, 8, 0)
def noted(batches):
    for batch in batches:
        seen.append(np.ravel(keras.ops.convert_to_numpy(batch[0])))
        yield batch
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
given["x"] = noted(given["x"])
model.fit(**given, epochs=3, verbose=0)
epochs = np.concatenate(seen)[:60].reshape(3, 20)
print((np.sort(epochs) == x[:, 0]).all(), len(np.unique(epochs, axis=0)))
"""
    assert in_a_process(code).splitlines()[-1] == "True 3"


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


ON_JAX = """
import numpy as np
from comparisons.harness import backends
backend = backends.load("jax")
import jax, keras
def told(call, x, weights=()):
    traced = []
    def noting(x):
        traced.append(isinstance(x, jax.core.Tracer))
        return call(x)
    (y,), dx, grads = backend.outputs_and_gradients(noting, x, weights, [np.ones(2)])
    return traced, y.tolist(), *(g.tolist() for g in (*dx, *grads))
weight = keras.Variable([3.0, 4.0])
count = keras.Variable(0, trainable=False, dtype="int32")
def counting(x):
    count.assign_add(1)
    return x * weight
print(told(counting, np.array([1.0, 2.0], "float32"), [weight]), int(count.value))
print(told(lambda x: x * 2.0, np.array([1, 2])))
print(told(lambda x: keras.ops.convert_to_tensor(np.sqrt(x)), np.array([1, 4])))
print(told(lambda x: keras.ops.convert_to_tensor([float(t) for t in x]), np.array(["1", "2"])))
x = np.array([1.0, 2.0], "float32")
def alike(made):
    # what calls give, and how many programs they are, each with other numbers
    before, calls = len(backend.PROGRAMS), [made(numbers) for numbers in ([5, 6], [7, 8])]
    return [told(*call)[1] for call in calls], len(backend.PROGRAMS) - before
def weighted(numbers):
    weight = keras.Variable(numbers, dtype="float32")
    return lambda x: x + weight, x, [weight]
print(alike(weighted))
print(alike(lambda numbers: (lambda x: x + np.array(numbers, "float32"), x)))
print(alike(lambda numbers: (lambda both: both[numbers[0] - 5 > 0] - 1, [x, 2 * x])))
"""


def test_a_call_on_jax_is_compiled_as_one_where_it_can_be():
    if reason := backends.missing("jax"):
        pytest.skip(reason)
    assert in_a_process(ON_JAX).splitlines() == [
        "([True], [3.0, 8.0], [3.0, 4.0], [1.0, 2.0]) 1",
        "([True], [2.0, 4.0])",
        "([True, False], [1.0, 2.0])",  # NumPy sees no numbers in a tracer
        "([False], [1.0, 2.0])",
        "([[6.0, 8.0], [8.0, 10.0]], 1)",  # equal layers share what is compiled
        "([[6.0, 8.0], [8.0, 10.0]], 2)",
        "([[0.0, 1.0], [1.0, 3.0]], 2)",
    ]


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


def test_a_gradient_that_pytorch_lacks_is_no_failure():
    error = RuntimeError("slow_conv2d: grad_weight must be contiguous")
    assert backends.no_kernel(error) == f"cannot run here: {error}"
    assert backends.no_kernel(RuntimeError("shapes do not fit")) is None


@pytest.mark.parametrize(
    ("name", "entry", "setting"),
    [
        ("keras-torch", "threads", "OMP_WAIT_POLICY"),
        ("keras-tensorflow", "precision", "TF_ENABLE_ONEDNN_OPTS"),
    ],
)
def test_a_column_says_the_setting_that_bears_on_it(monkeypatch, name, entry, setting):
    monkeypatch.setenv(setting, "as set")
    assert f"{setting}=as set" in environment.column(name, None, "cpu", "float32")[entry]
