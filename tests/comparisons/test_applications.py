"""Every architecture of keras.applications, from its own file: outputs, all gradients, float64.

The constants in the configs (Rescaling's, Normalization's) are rounded to float32 before: Keras
does that on the way, also in float64 (docs/keras-divergences.md#rescalings-constants-in-float64).
With constants that float32 holds both compute the same, and the ladder's ordinary tolerance, of
roundoffs, shows that they do.
"""

import gc

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.proof import checks
from comparisons.harness.proof.layer_checks import Reference, keras_quantities

CLASSES = 7
# In units of roundoff · scale: 1e-7 of a quantity's scale.
GELU = (1e-7 / checks.UNIT_ROUNDOFF["float64"], "gelu in float64: the root of 2 is in float32")

# Keras's own, when it saves a model under NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")

# The smallest input that each takes.
LIGHT = {"MobileNet": 32, "MobileNetV2": 32, "MobileNetV3Small": 32, "DenseNet121": 32}
HEAVY = {
    "ConvNeXtTiny": 32,
    "ConvNeXtSmall": 32,
    "ConvNeXtBase": 32,
    "ConvNeXtLarge": 32,
    "ConvNeXtXLarge": 32,
    "DenseNet169": 32,
    "DenseNet201": 32,
    "EfficientNetB0": 32,
    "EfficientNetB1": 32,
    "EfficientNetB2": 32,
    "EfficientNetB3": 32,
    "EfficientNetB4": 32,
    "EfficientNetB5": 32,
    "EfficientNetB6": 32,
    "EfficientNetB7": 32,
    "EfficientNetV2B0": 32,
    "EfficientNetV2B1": 32,
    "EfficientNetV2B2": 32,
    "EfficientNetV2B3": 32,
    "EfficientNetV2L": 32,
    "EfficientNetV2M": 32,
    "EfficientNetV2S": 32,
    "InceptionResNetV2": 75,
    "InceptionV3": 75,
    "MobileNetV3Large": 32,
    "NASNetLarge": 32,
    "NASNetMobile": 32,
    "ResNet101": 32,
    "ResNet101V2": 32,
    "ResNet152": 32,
    "ResNet152V2": 32,
    "ResNet50": 32,
    "ResNet50V2": 32,
    "VGG16": 32,
    "VGG19": 32,
    "Xception": 71,
}


@pytest.fixture(scope="module")
def backend():
    return backends.load("tensorflow")


def test_no_architecture_is_forgotten(backend):
    import keras

    offered = {name for name in dir(keras.applications) if name[0].isupper()}
    assert offered == set(LIGHT) | set(HEAVY)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        *LIGHT.items(),
        *(pytest.param(*entry, marks=pytest.mark.slow) for entry in HEAVY.items()),
    ],
)
def test_architecture(backend, tmp_path, name, size):
    import keras

    model = build(name, size)
    path = tmp_path / "model.keras"
    model.save(path)
    ours = rn.models.load_model(path)
    generator = np.random.default_rng(0)
    draw_constants(ours, generator)
    x = generator.uniform(0, 255, (2, size, size, 3))
    reference = Reference(ours, x)
    quantities = reference.quantities()
    scale = checks.scales(reference.quantities, quantities, draws=1)
    theirs = keras_quantities(backend, model, reference)
    exceptions = dict.fromkeys(quantities, GELU) if name.startswith("ConvNeXt") else {}
    records = checks.compare_all(
        name, "keras-tensorflow", "float64", quantities, theirs, scale, exceptions
    )
    failures = [str(record) for record in records if not record.passed]
    keras.utils.clear_session()
    gc.collect()
    assert not failures, "\n".join(failures[:20])


def build(name, size):
    """The architecture with random weights, in float64, its constants rounded to float32."""
    import keras

    keras.utils.set_random_seed(0)
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")  # which Keras does not take from floatx twice
    try:
        model = getattr(keras.applications, name)(
            weights=None,
            input_shape=(size, size, 3),
            classes=CLASSES,
            # Random weights saturate softmax, whose gradient then is nothing but rounding.
            classifier_activation=None,
        )
        config = rounded(model.get_config())
        del model
        gc.collect()  # the largest take 3 GB a copy
        return keras.Model.from_config(config)
    finally:
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")


def draw_constants(model, generator):
    """Draw the weights that Keras starts at a constant, behind which a wrong term could hide.

    Scales and variances between a half and one leave the signal about its size. With ones alone
    the deepest networks are chaotic: EfficientNetV2L multiplies a rounding by 10¹⁰.
    """
    for record in model.weight_records:
        if record.name in ("gamma", "moving_variance"):
            record.value[...] = generator.uniform(0.5, 1.0, record.value.shape)
        elif record.name in ("beta", "bias", "moving_mean"):
            record.value[...] = generator.normal(0.0, 0.1, record.value.shape)


def rounded(config):
    """A config whose floating numbers float32 holds."""
    if isinstance(config, float):
        return float(np.float32(config))
    if isinstance(config, (list, tuple)):
        return type(config)(map(rounded, config))
    if isinstance(config, dict):
        return {name: rounded(value) for name, value in config.items()}
    return config
