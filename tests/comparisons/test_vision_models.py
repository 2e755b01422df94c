"""Models of images, videos, points and rays as people write them, against Keras.

Each is read from Keras's file and compared in float64: outputs, all gradients, a training run, and
the file on the way back; some also in half precision.
"""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.proof.draws import numpy_draws, reseed
from reference_numpy import tree
from tests.comparisons import scene_models, vision_models
from tests.comparisons.test_applications import draw_constants
from tests.comparisons.test_sequence_models import SEED, failures, train
from tests.comparisons.test_training_against_keras import OPTIONS, assert_close, set_precision

CASES = [*vision_models.CASES, *scene_models.CASES]
IN_HALF_PRECISION = [
    vision_models.vision_transformer,
    vision_models.mobile,
    vision_models.pyramid_detector,
    scene_models.adversarial,
]

pytestmark = [
    # A detector's loss is Huber's: files do not hold its delta, which is the default here.
    pytest.mark.filterwarnings("ignore:The config of Huber does not say its `delta`"),
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy"),
    pytest.mark.filterwarnings("ignore:Gradients do not exist"),
]


@pytest.fixture(scope="module")
def backend():
    return backends.load("tensorflow")


@pytest.fixture(autouse=True)
def double_precision():
    set_precision("float64")
    yield
    set_precision("float32")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_model(backend, tmp_path, capsys, case):
    import keras

    model, x, y, options = case()
    model.save(tmp_path / "keras.keras")
    ours = rn.models.load_model(tmp_path / "keras.keras")
    ours.summary(expand_nested=True, show_trainable=True)
    assert f"{ours.count_params():,}" in capsys.readouterr().out
    assert ours.count_params() == model.count_params()
    draw_constants(ours, np.random.default_rng(0))
    model.set_weights(ours.get_weights())
    assert not failures(backend, case.__name__, model, ours, x)
    train(model, ours, x, y, options)
    assert_close(ours.predict(x, verbose=0), model.predict(x, verbose=0), 1e-6)
    evaluation = {"batch_size": 8, "verbose": 0}
    assert_close(ours.evaluate(x, y, **evaluation), model.evaluate(x, y, **evaluation), 1e-6)
    ours.save(tmp_path / "numpy.keras")
    again = keras.models.load_model(tmp_path / "numpy.keras")
    assert_close(ours.predict(x, verbose=0), again.predict(x, verbose=0), 1e-9)


@pytest.mark.parametrize("case", IN_HALF_PRECISION, ids=lambda case: case.__name__)
def test_half_precision(backend, tmp_path, case):
    """The halves round at other places, but find the same scale of the loss."""
    import keras

    set_precision("float32")
    keras.config.set_dtype_policy("mixed_float16")
    model, x, y, options = case()
    model.save(tmp_path / "keras.keras")
    ours = rn.models.load_model(tmp_path / "keras.keras")
    theirs = model.predict(x, verbose=0)
    pairs = zip(tree.flatten(ours.predict(x, verbose=0)), tree.flatten(theirs), strict=True)
    for mine, other in pairs:
        assert mine.dtype == other.dtype == "float16"
        np.testing.assert_allclose(mine, other, rtol=0.01, atol=0.01 * np.abs(other).max())
    model.run_eagerly = True
    with numpy_draws(SEED):
        history = model.fit(x, y, epochs=2, **OPTIONS, **options).history
    reseed(ours, SEED)
    found = ours.fit(x, y, epochs=2, **OPTIONS, **options).history
    np.testing.assert_allclose(found["loss"], history["loss"], rtol=0.01)
    assert ours.optimizer.dynamic_scale == float(model.optimizer.dynamic_scale)
