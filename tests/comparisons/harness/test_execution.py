"""How Keras is told to train: what reaches it, what is measured, and what cannot be."""

from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pytest

from comparisons.harness import backends, catalogue, chapters, training
from comparisons.harness.concept import Concept, Preset, Settings, Task
from comparisons.harness.datasets import Dataset
from comparisons.harness.execution import Execution, executing
from comparisons.harness.runs import halves, runner
from comparisons.harness.scores import Score
from tests.comparisons.harness.test_backends import in_a_process

SCORE = Score("error", ("error", "誤差"), lambda y, found: abs(y - found).mean())
SAMPLES, BATCH, EPOCHS = 21, 3, 2  # 7 steps an epoch
TASK = Task(
    data=lambda settings, seed: draw(), presets={"default": Preset(EPOCHS, BATCH)}, scores=(SCORE,)
)
LOOP = Task(data=None, presets={}, train="train")


def draw():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(SAMPLES, 4)).astype("float32")
    y = x @ np.ones((4, 1), "float32")
    return Dataset(x, y, x, y, x, y, ("Made up.", "作り物。"))


def build_model(library):
    """The same in both libraries."""

    def build():
        model = library.Sequential([library.Input((4,)), library.layers.Dense(1)])
        model.compile("adam", "mse", metrics=["mae"])
        return model

    return build


@pytest.fixture
def trained(monkeypatch):
    """Function of an execution that gives the record of a training run, and its model."""
    backend = backends.load("tensorflow")
    import keras

    import reference_numpy as rn

    halves = {"reference_half": rn, "keras_half": keras}
    for name, library in halves.items():
        half = SimpleNamespace(build_model=build_model(library))
        monkeypatch.setattr(training, name, lambda concept, half=half: half)

    def train(execution):
        half = training.KerasHalf("made up", backend, "cpu")
        with executing(backend, execution):
            run = training.Run(TASK, half, "model", 0, Settings(), draw())
            return run.record(), run

    return train


def test_a_step_is_traced_once(trained, monkeypatch):
    import keras

    traced, step = [], keras.Sequential.train_step

    def train_step(self, data):
        traced.append(data)
        return step(self, data)

    monkeypatch.setattr(keras.Sequential, "train_step", train_step)
    trained(Execution())
    assert len(traced) == 1


def test_what_a_model_answers_is_put_together_from_batches(trained, monkeypatch):
    monkeypatch.setattr(training, "PREDICT_BATCH", 8)
    _, run = trained(Execution())
    x = draw().x_test
    found = run.predict(x)
    assert len(found) == SAMPLES == 21, "the last batch is a smaller one"
    np.testing.assert_allclose(found, run.model.predict(x, verbose=0), rtol=1e-6)


def test_what_is_asked_for_reaches_keras_and_is_recorded(trained):
    import keras

    before = keras.Model.compile, keras.config.dtype_policy(), keras.config.floatx()
    record, run = trained(Execution(jit=True, precision="float64", steps_per_execution=5))
    assert record["compiled"] == "jit_compile=True, steps_per_execution=5"
    assert {weight.dtype for weight in run.model.weights} == {"float64"}
    assert run.predict(run.data.x_test).dtype == "float64"
    assert (keras.Model.compile, keras.config.dtype_policy(), keras.config.floatx()) == before
    first = training.NumpyHalf("made up").build("build_model", {}, 0)
    again = training.KerasHalf("made up", run.half.backend, "cpu").build("build_model", {}, 0)
    np.testing.assert_array_equal(first.get_weights()[0], again.get_weights()[0])
    assert again.steps_per_execution == 1 and again.dtype == "float32"


def test_each_step_of_a_call_is_counted(trained):
    """Of seven steps five are done in the first call and two in the second."""
    record, run = trained(Execution(jit=False, steps_per_execution=5))
    assert run.watch.first_call[1] == 5
    assert len(run.watch.steps) == EPOCHS * record["steps_per_epoch"] - 5 == 9
    assert record["compiled"] == "jit_compile=False, steps_per_execution=5"


@pytest.mark.parametrize(
    ("precision", "answers"), [("mixed_bfloat16", "float32"), ("mixed_float16", "float16")]
)
def test_mixed_precision_trains_and_is_scored(trained, precision, answers):
    record, run = trained(Execution(precision=precision))
    assert run.model.dtype_policy.name == precision
    assert run.predict(run.data.x_test).dtype == answers
    assert record["history"]["loss"][1] < record["history"]["loss"][0]
    scaled = type(run.model.optimizer).__name__ == "LossScaleOptimizer"
    assert scaled == (precision == "mixed_float16")


def test_the_deep_network_gives_its_logits_in_float32_in_mixed_precision():
    backend = backends.load("tensorflow")
    with executing(backend, Execution(precision="mixed_bfloat16")):
        options = catalogue.load("deep_convnet").task.variants["6 of 3×3"]
        model = catalogue.keras_half("deep_convnet").build_model(**options)
    assert model.layers[-2].compute_dtype == "bfloat16"
    assert model.layers[-1].compute_dtype == "float32"


def test_what_compile_is_told_stands_and_what_runs_eagerly_is_not_compiled():
    backend = backends.load("tensorflow")
    import keras

    with executing(backend, Execution(jit=True, steps_per_execution=5)):
        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile("sgd", "mse", steps_per_execution=2)
        assert (model.jit_compile, model.steps_per_execution) == (True, 2)
        model.compile("sgd", "mse", run_eagerly=True)
        assert not model.jit_compile


TF32 = {
    "tensorflow": "tensorflow.config.experimental.tensor_float_32_execution_enabled()",
    "jax": "jax.config.jax_default_matmul_precision != 'highest'",
    "torch": "torch.backends.cudnn.allow_tf32",
}


@pytest.mark.parametrize("name", backends.KERAS_BACKENDS)
def test_products_are_of_float32_in_a_proof(name):
    """Whatever the framework takes by itself, which it takes again afterwards."""
    if reason := backends.missing(name):
        pytest.skip(reason)
    code = f"""
import {name}
from comparisons.harness import backends
backend = backends.load({name!r})
from comparisons.harness.proof.precision import computing_in, pinned
seen = [{TF32[name]}]
for context in (pinned(backend), computing_in(backend, "float32")):
    with context:
        seen.append({TF32[name]})
print(*seen, {TF32[name]})
"""
    assert in_a_process(code) == "True False False True"


@pytest.mark.parametrize(
    ("execution", "words"),
    [
        (Execution(), ""),
        (Execution(jit=False), "--no-jit"),
        (
            Execution(True, "mixed_float16", 20),
            "--jit --precision mixed_float16 --steps-per-execution 20",
        ),
    ],
)
def test_as_options_and_as_json(execution, words):
    assert " ".join(execution.words()) == words
    settings = Settings(execution=execution)
    assert Settings.of(asdict(settings)) == settings
    older = {key: value for key, value in asdict(settings).items() if key != "execution"}
    assert Settings.of(older).execution == Execution()


def planned(monkeypatch, execution, task, wanted=None, missing=()):
    """The plan of a concept that is not there."""
    declared = Concept(("", ""), chapters.LEARNING, ("", ""), task=task)
    monkeypatch.setattr(runner.catalogue, "declared", lambda name, settings: declared)
    monkeypatch.setattr(halves, "look_over", lambda name, declared: None)
    gone = {f"keras-{name}": f"{name} is not installed" for name in missing}
    monkeypatch.setattr(backends, "missing", gone.get)
    return runner.plan(["made_up"], Settings(execution=execution), wanted)


def test_a_backend_that_cannot_is_a_column_that_says_why(monkeypatch):
    plan = planned(monkeypatch, Execution(steps_per_execution=5), TASK, missing=["jax"])
    assert plan.columns == ["numpy", "keras-tensorflow"]
    assert plan.missing["keras-jax"] == {"missing": "jax is not installed"}
    assert "one step a call" in plan.missing["keras-torch"]["missing"]


@pytest.mark.parametrize(
    ("execution", "task", "wanted", "told"),
    [
        (Execution(precision="float8"), TASK, None, "precision: expected one of float32, mixed_"),
        (Execution(steps_per_execution=0), TASK, None, "expected a whole number from 1, got 0"),
        (Execution(jit=True), TASK, ["numpy"], "--jit: the NumPy column trains in float32"),
        (Execution(jit=False), None, None, "--no-jit: none of the concepts trains a model"),
        (
            Execution(steps_per_execution=5),
            TASK,
            ["torch"],
            "Keras on PyTorch does one step a call",
        ),
        (Execution(steps_per_execution=5), LOOP, None, "'made_up' trains by a loop of its own"),
    ],
)
def test_what_cannot_be_is_one_line(monkeypatch, execution, task, wanted, told):
    with pytest.raises(ValueError, match=told) as caught:
        planned(monkeypatch, execution, task, wanted)
    assert "\n" not in str(caught.value)
