"""Operations in graphs: outputs, gradients, shapes, dtypes and configs as Keras has them."""

import json

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.check.findings import Judged
from comparisons.harness.check.known import of_layer
from comparisons.harness.check.questions import LOCAL, Asked, Place
from comparisons.harness.conformance.operation_cases import CASES
from comparisons.harness.divergences import seen_on
from comparisons.harness.proof import checks
from comparisons.harness.proof.allowances import FLOAT32_IN_FLOAT64
from comparisons.harness.proof.layer_checks import Reference, keras_quantities
from comparisons.harness.proof.precision import precision
from reference_numpy import serialization, tree
from reference_numpy.operations import Operation

BY_CASE = pytest.mark.parametrize("case", CASES, ids=str)


@pytest.fixture(scope="module")
def backend():
    return backends.load("tensorflow")


def test_every_operation_has_a_case():
    offered = {
        name
        for module, family in serialization.FAMILIES.items()
        if module.startswith("keras.src.") and family.kind == "operation"
        for name in family.classes
    }
    assert offered == {case.name.split("-")[0] for case in CASES}


def test_names_are_unique():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))


@BY_CASE
def test_outputs_gradients_shapes_and_configs(backend, case):
    with precision("float64"):
        theirs = case.keras_model("float64")
        ours = rn.models.from_keras(theirs)
        used = {type(layer).__name__ for layer in ours.sublayers if isinstance(layer, Operation)}
        assert case.name.split("-")[0] in used
        assert ours.output_shape == theirs.output_shape
        config = json.loads(json.dumps(theirs.get_config()))
        assert json.loads(json.dumps(ours.get_config())) == config

        inputs = case.arrays("float64")
        reference = Reference(ours, inputs)
        quantities = reference.quantities()
        assert_shapes(ours, quantities)
        scale = checks.scales(reference.quantities, quantities)
        found = keras_quantities(backend, theirs, reference)
        exceptions = {}
        if known := seen_on("tensorflow", case.diverges):
            exceptions = dict.fromkeys(quantities, (FLOAT32_IN_FLOAT64, known.link))
        records = checks.compare_all(
            case.name, "keras-tensorflow", "float64", quantities, found, scale, exceptions
        )
        asked = Asked(LOCAL, None, reference, None, Place(case.name, "", ()), {}, quantities, scale)
        for name, record in zip({**quantities, **found}, records, strict=True):
            one = Judged(asked, name, asked.place, name, record, found.get(name))
            assert record.passed or of_layer(ours, one, "tensorflow", "float64"), str(record)
        for record in reference.calculus(case.name) if case.calculus else []:
            assert record.passed, str(record)


def assert_shapes(model, quantities):
    """The outputs have the shapes and dtypes that the graph says."""
    shapes = tree.flatten(tree.map_shapes(Shape, model.output_shape))
    tensors = tree.flatten(model.output_structure)
    for index, (shape, tensor) in enumerate(zip(shapes, tensors, strict=True)):
        y = quantities[f"output {index}"]
        assert y.dtype == tensor.dtype
        pairs = zip(y.shape, shape.sizes, strict=True)
        assert all(size in (None, length) for length, size in pairs)


class Shape:
    """A shape that `flatten` takes for a leaf."""

    def __init__(self, sizes):
        self.sizes = sizes


@BY_CASE
def test_float32_stays(case):
    """No float64 comes in, forward or backward; integers become what Keras makes of them."""
    with precision("float32"):
        theirs = case.keras_model("float32")
        ours = rn.models.from_keras(theirs)
        inputs = case.arrays("float32")
        y, cache = ours.forward(inputs)
        leaves = tree.flatten(y)
        for leaf, tensor in zip(leaves, tree.flatten(theirs.output), strict=True):
            assert leaf.dtype.kind == np.dtype(tensor.dtype).kind
            assert leaf.dtype.kind != "f" or leaf.dtype == tensor.dtype
        dy = [np.ones_like(leaf) if leaf.dtype.kind == "f" else None for leaf in leaves]
        if any(d is not None for d in dy):
            dx, _ = ours.backward(tree.pack_like(y, dy), cache)
            for slope, x in zip(dx, inputs, strict=True):
                assert slope is None or (slope.dtype, slope.shape) == (x.dtype, x.shape)
