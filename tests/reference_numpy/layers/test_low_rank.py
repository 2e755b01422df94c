"""What the table of cases cannot say of LoRA: when it begins, what is trained, what is refused."""

import numpy as np
import pytest

import reference_numpy as rn

LAYERS = {
    "Dense": (lambda **options: rn.layers.Dense(3, **options), (4, 5)),
    "EinsumDense": (
        lambda **options: rn.layers.EinsumDense("abc,cd->abd", (None, 3), bias_axes="d", **options),
        (2, 4, 5),
    ),
    "Conv2D": (lambda **options: rn.layers.Conv2D(3, 2, **options), (2, 4, 4, 5)),
    "Embedding": (lambda **options: rn.layers.Embedding(6, 3, **options), (4, 2)),
    "ReversibleEmbedding": (
        lambda **options: rn.layers.ReversibleEmbedding(6, 3, tie_weights=False, **options),
        (4, 2),
    ),
}
BY_LAYER = pytest.mark.parametrize("kind", LAYERS)


def layer_and_input(kind, **options):
    make, shape = LAYERS[kind]
    generator = np.random.default_rng(0)
    x = generator.integers(0, 6, shape) if "Embedding" in kind else generator.normal(size=shape)
    return make(**options), x


@BY_LAYER
def test_a_layer_is_as_before_when_it_is_adapted(kind):
    layer, x = layer_and_input(kind)
    before = layer(x)
    names = [w.name for w in layer.weight_records]
    layer.enable_lora(2, lora_alpha=6)
    np.testing.assert_array_equal(layer(x), before)
    w = layer.adapts
    factors = [f"lora_{w}_a", f"lora_{w}_b"]
    assert [record.name for record in layer.weight_records] == names + factors
    assert [record.name for record in layer.trainable_records] == names[1:] + factors
    a, b = layer.weights[-2:]
    assert a.any() and not b.any()


@BY_LAYER
def test_frozen_and_thawed_the_weight_stays_frozen(kind):
    layer, x = layer_and_input(kind, lora_rank=2)
    layer(x)
    trained = layer.trainable_records
    layer.trainable = False
    assert layer.trainable_records == []
    layer.trainable = True
    assert layer.trainable_records == trained


@BY_LAYER
def test_the_constructors_alpha_scales_the_adaptation(kind):
    layer, x = layer_and_input(kind, lora_rank=2, lora_alpha=6)
    layer(x)
    w, a, b = layer.weights[0], *layer.weights[-2:]
    b[...] = 1.0
    np.testing.assert_allclose(getattr(layer, layer.adapts), w + 3 * (a @ b), rtol=1e-6)
    assert {"lora_rank": 2, "lora_alpha": 6}.items() <= layer.get_config().items()


def test_factors_have_at_least_float32():
    for dtype, expected in (("float16", "float32"), ("float32", "float32"), ("float64",) * 2):
        layer = rn.layers.Dense(3, lora_rank=2, dtype=dtype)
        y = layer(np.ones((2, 4)))
        assert [str(w.dtype) for w in layer.weights[-2:]] == [expected] * 2 and y.dtype == dtype


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda layer: layer.enable_lora(2), "'head': LoRA can only be enabled once it is built"),
        (
            lambda layer: (layer.build((None, 4)), layer.enable_lora(0)),
            "`rank` must be an integer",
        ),
        (
            lambda layer: (layer.build((None, 4)), layer.enable_lora(1), layer.enable_lora(1)),
            "'head': LoRA is enabled already",
        ),
    ],
)
def test_what_does_not_fit_is_refused(use, message):
    with pytest.raises(ValueError, match=message):
        use(rn.layers.Dense(2, name="head"))


def test_a_constraint_is_refused():
    layer = rn.layers.Embedding(6, 3, lora_rank=2, embeddings_constraint="non_neg", name="words")
    with pytest.raises(ValueError, match="'words': LoRA is incompatible with `embeddings_constr"):
        layer(np.ones((1, 2), int))


def test_a_sum_is_not_normalized():
    layer = rn.layers.SpectralNormalization(rn.layers.Dense(2, lora_rank=1, name="head"))
    with pytest.raises(ValueError, match="the kernel of 'head' is adapted at low rank"):
        layer(np.ones((2, 3)))
