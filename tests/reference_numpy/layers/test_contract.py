"""The contract that every layer of the NumPy half keeps, over the table of cases (no Keras)."""

import json

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.conformance.layer_cases import CASES
from comparisons.harness.conformance.layer_cases.case import leaves
from comparisons.harness.conformance.references import make_layer, make_reference
from comparisons.harness.proof.draws import reseed
from comparisons.harness.proof.layer_checks import DRAWS_SEED, Reference
from reference_numpy import serialization, tree

BY_CASE = pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
BY_CASE_AND_TRAINING = pytest.mark.parametrize(
    ("case", "training"),
    [(case, training) for case in CASES for training in case.training],
    ids=[f"{case.id}-{'training' if t else 'inference'}" for case in CASES for t in case.training],
)


@BY_CASE_AND_TRAINING
def test_backward_agrees_with_calculus(case, training):
    if training and not case.calculus:
        pytest.skip(case.note)
    reference = make_reference(case, training=training)
    if all(c is None for c in reference.cotangents):
        pytest.skip("the layer's output is not floating, so it has no gradient")
    floats = [x for x in leaves(reference.inputs) if x.dtype.kind == "f"]
    if not floats and not reference.layer.trainable_weights:
        pytest.skip("neither input nor weights are floating, so there is no gradient")
    records = reference.calculus(case.id)
    assert records
    for record in records:
        assert record.passed, str(record)


@BY_CASE_AND_TRAINING
def test_precision_is_kept(case, training):
    reference = make_reference(case, "float32", training)
    for name, value in reference.quantities().items():
        assert value.dtype.kind != "f" or value.dtype == "float32", name


@BY_CASE_AND_TRAINING
def test_calls_do_not_disturb_one_another(case, training):
    """Two calls whose backward passes run in the other order; inputs and `dy` stay untouched."""
    reference = make_reference(case, training=training)
    if all(c is None for c in reference.cotangents):
        pytest.skip("the layer's output is not floating, so it has no gradient")
    first, alone = case.draw(seed=0), reference.quantities()
    untouched = [leaf.copy() for leaf in leaves(first)]
    outputs, cache = reference.forward(first, reference.start)
    cotangent = tree.pack_like(
        outputs, [None if c is None else c.copy() for c in reference.cotangents]
    )
    second, second_cache = reference.forward(case.draw(seed=1), reference.start)
    ones = tree.map_structure(lambda y: np.ones_like(y) if y.dtype.kind == "f" else None, second)
    reference.layer.backward(ones, second_cache)
    reference.layer.set_weights(reference.start)
    reseed(reference.layer, DRAWS_SEED)
    dx, grads = reference.layer.backward(cotangent, cache)
    for name, grad, weight in zip(
        reference.names(), grads, reference.layer.trainable_weights, strict=True
    ):
        assert grad.shape == weight.shape, name
        np.testing.assert_array_equal(grad, alone[f"gradient of {name}"], err_msg=name)
    for before, after in zip(reference.cotangents, tree.flatten(cotangent), strict=True):
        if before is not None:
            np.testing.assert_array_equal(before, after, err_msg="dy was written to")
    for before, after in zip(untouched, leaves(first), strict=True):
        np.testing.assert_array_equal(before, after, err_msg="an input was written to")
    given = tree.flatten(first)
    assert len(tree.flatten(dx)) == len(given), "dx does not mirror the inputs"
    for x, slope in zip(given, tree.flatten(dx), strict=True):
        assert (slope is None) if x.dtype.kind != "f" else (slope.shape == x.shape)


@BY_CASE
def test_config_makes_the_same_layer(case):
    layer = make_layer(case)
    config = json.loads(json.dumps(serialization.serialize(layer)))
    again = rn.layers.deserialize(config)
    assert json.dumps(again.get_config()) == json.dumps(layer.get_config())


@BY_CASE
def test_output_shape_is_foretold(case):
    reference = make_reference(case)
    args, kwargs = case.bind(reference.inputs)
    shapes = reference.layer.compute_output_shape(
        **reference.layer.shape_arguments("compute_output_shape", args, kwargs)
    )
    outputs, _ = reference.forward(reference.inputs, reference.start)
    foretold = []
    tree.map_shapes(foretold.append, shapes)
    for shape, y in zip(foretold, tree.flatten(outputs), strict=True):
        assert len(shape) == y.ndim, (shape, y.shape)
        assert all(a in (None, b) for a, b in zip(shape, y.shape)), (shape, y.shape)


@BY_CASE
def test_mixed_precision_computes_in_float16(case):
    if case.arguments.get("dtype", "float64") not in ("float64", "float32"):
        pytest.skip("the case fixes a dtype of its own")
    reference = make_reference(case, "float64")
    layer = make_layer(case, "mixed_float16")
    inputs = case.draw("float32")
    args, kwargs = case.bind(inputs)
    layer.prepare(args, kwargs)
    layer.set_weights(reference.start)
    mixed = Reference(layer, inputs, case.call, named=reference.named)
    exact = reference.quantities()
    outputs = tree.flatten(mixed.forward(inputs, mixed.start)[0])
    for index, y in enumerate(outputs):
        if y.dtype.kind == "f" and exact[f"output {index}"].dtype.kind == "f":
            assert y.dtype == layer.output_dtype
    for name, value in mixed.quantities().items():
        if "weight" in name:
            assert value.dtype == "float32", name


@BY_CASE
def test_a_frozen_layer_gives_no_gradients(case):
    reference = make_reference(case)
    if all(c is None for c in reference.cotangents):
        pytest.skip("the layer's output is not floating, so it has no gradient")
    reference.layer.trainable = False
    outputs, cache = reference.forward(reference.inputs, reference.start)
    _, grads = reference.layer.backward(tree.pack_like(outputs, reference.cotangents), cache)
    assert grads == [] and reference.layer.trainable_weights == []


# A mask would have to be taken apart too.
MASKS = {"mask", "attention_mask", "query_mask", "value_mask", "key_mask"}
APART = [
    case for case in CASES if make_reference(case).layer.samples_apart and not MASKS & {*case.call}
]


@pytest.mark.parametrize("case", APART, ids=[case.id for case in APART])
def test_samples_apart_are_computed_apart(case):
    """What the layer says of itself: the batch in two parts gives what the whole gives."""
    reference = make_reference(case)
    layer, inputs = reference.layer, reference.inputs
    batch = len(leaves(inputs)[0])
    for training in {False, layer.samples_apart is True}:
        found = []
        for rows in (slice(0, batch), slice(0, 1), slice(1, batch)):
            reference.options = {**case.call, "training": training}
            part = tree.map_structure(lambda x, rows=rows: x[rows], inputs)
            y, cache = reference.call(layer.forward, part)
            dx, grads = None, []
            if all(c is not None for c in reference.cotangents):
                dy = tree.pack_like(y, [c[rows] for c in reference.cotangents])
                dx, grads = layer.backward(dy, cache)
            found.append((tree.flatten([y, dx]), grads))
        (whole, whole_grads), *parts = found
        for index, value in enumerate(whole):
            if value is not None:
                joined = np.concatenate([rows[index] for rows, _ in parts])
                np.testing.assert_allclose(joined, value, 1e-12, 1e-12)
        for grad, *pieces in zip(whole_grads, *(grads for _, grads in parts), strict=True):
            np.testing.assert_allclose(sum(pieces), grad, 1e-11, 1e-11)


@BY_CASE
def test_a_batch_of_no_sample_gives_none(case):
    reference = make_reference(case, "float32")
    outputs, _ = reference.forward(reference.inputs, reference.start)
    first, batch = leaves(reference.inputs)[0], len(leaves(reference.inputs)[0])
    if getattr(reference.layer, "stateful", False):
        pytest.skip("the number of samples is fixed")
    if first.ndim == 1 or len(tree.flatten(outputs)[0]) != batch:
        pytest.skip("the inputs of the case are a single sample")

    def none(value):
        is_batch = isinstance(value, np.ndarray) and value.shape[:1] == (batch,)
        return value[:0] if is_batch else value

    reference.options = tree.map_structure(none, reference.options)
    inputs = tree.map_structure(lambda x: x[:0], reference.inputs)
    empty, cache = reference.forward(inputs, reference.start)
    for y, of_some in zip(tree.flatten(empty), tree.flatten(outputs), strict=True):
        assert (y.shape, y.dtype) == ((0, *of_some.shape[1:]), of_some.dtype)
    if all(y.dtype.kind == "f" for y in tree.flatten(empty)):
        dx, grads = reference.layer.backward(empty, cache)
        for slope, x in zip(tree.flatten(dx), tree.flatten(inputs), strict=True):
            assert slope is None or slope.shape == x.shape
        for grad, weight in zip(grads, reference.layer.trainable_weights, strict=True):
            assert grad.shape == weight.shape


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (rn.layers.Embedding(3, 2, mask_zero=True), (2, 3)),  # whose mask would be lost
        (rn.layers.EinsumDense("ab,abc->ac", 4), (2, 3)),  # a kernel for each sample
        (rn.layers.EinsumDense("ab,bc->ac", 4, bias_axes="a"), (2, 3)),  # a bias for each
        (rn.layers.EinsumDense("ab,bc->ca", 2), (2, 3)),  # another axis first
        (rn.layers.Normalization(axis=0), (2, 3)),  # a mean for each
        (
            rn.layers.Bidirectional(
                rn.layers.GRU(2), backward_layer=rn.layers.GRU(2, dropout=0.5, go_backwards=True)
            ),
            (2, 3, 4),
        ),
    ],
)
def test_samples_that_are_not_apart(layer, shape):
    layer.build(shape)
    assert layer.samples_apart is False
