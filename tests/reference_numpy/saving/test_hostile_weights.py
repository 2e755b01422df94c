"""Weights that are missing, misshapen, or attacks."""

import h5py
import numpy as np
import pytest

from reference_numpy.saving import ModelFileError
from tests.reference_numpy.saving.files import (
    assert_refused,
    change_weights,
    make_model,
    rewrite,
)

KERNEL = "layers/dense/vars/0"


def replace(make):
    """Replace the first kernel by what `make(group, name)` puts there."""

    def change(file):
        del file[KERNEL]
        make(file["layers/dense/vars"], "0")

    return change


def virtual(group, name):
    layout = h5py.VirtualLayout((4, 3), "f4")
    layout[...] = h5py.VirtualSource("/etc/passwd", "x", shape=(4, 3))
    group.create_virtual_dataset(name, layout)


def external(group, name):
    group.create_dataset(name, (4, 3), "f4", external=[("/etc/passwd", 0, 48)])


def bomb(group, name):
    group.create_dataset(name, (10**6, 10**6), "f4", chunks=(1000, 1000))


def sparse(group, name):
    group.create_dataset(name, (4, 3), "f4", chunks=(4, 3))


def compressed(group, name):
    group.create_dataset(name, data=np.zeros((4, 3), "f4"), compression="gzip")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda f: f.pop(KERNEL), "has 1 weights; 'hidden' expects 2"),
        (lambda f: f.pop("layers/dense/vars"), "weights of 'hidden' are missing"),
        (lambda f: f.pop("layers"), "are missing"),
        (lambda f: f["layers/dense/vars"].create_dataset("2", data=1.0), "has 3 weights"),
        (replace(lambda g, n: g.create_dataset(n, data=np.zeros((4, 4)))), "shape (4, 4)"),
        (replace(lambda g, n: g.create_dataset(n, data=np.zeros(12))), "shape (12,)"),
        (replace(bomb), "it claims 4,000,000,000,000 bytes, of which the file has 0"),
        (replace(sparse), "it claims 48 bytes, of which the file has 0"),
        (replace(lambda g, n: g.create_dataset(n, data=np.zeros((4, 3), int))), "dtype int64"),
        (replace(lambda g, n: g.create_dataset(n, data=np.full((4, 3), b"x"))), "dtype |S1"),
        (
            replace(lambda g, n: g.create_dataset(n, (4, 3), h5py.string_dtype())),
            "is no plain number",
        ),
        (replace(lambda g, n: g.create_group(n)), "not a dataset"),
        (replace(lambda g, n: g.__setitem__(n, h5py.SoftLink("/x"))), "SoftLink"),
        (replace(lambda g, n: g.__setitem__(n, h5py.ExternalLink("/etc/x", "x"))), "ExternalLink"),
        (replace(virtual), "virtual datasets"),
        (replace(external), "another file is refused: '/etc/passwd'"),
        (replace(compressed), "compressed or filtered"),
        (replace(lambda g, n: g.create_dataset(n, data=h5py.Empty("f4"))), "the dataset is empty"),
    ],
)
def test_weights(path, weights_path, change, reason):
    change_weights(path, change)
    assert_refused(path, "model.weights.h5/layers", reason)
    change_weights(weights_path, change)
    model = make_model()
    before = [w.copy() for w in model.weights]
    with pytest.raises(ModelFileError, match="layers") as error:
        model.load_weights(weights_path)
    assert reason in str(error.value) and "\n" not in str(error.value)
    for a, b in zip(before, model.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_model_is_as_before_when_the_last_weight_does_not_fit(weights_path):
    change_weights(weights_path, lambda file: file["layers/dense_1/vars"].pop("1"))
    model = make_model()
    model.set_weights([np.full_like(weight, 7) for weight in model.weights])
    with pytest.raises(ModelFileError, match="'out' expects 2"):
        model.load_weights(weights_path)
    assert all((weight == 7).all() for weight in model.weights)


def test_a_link_to_a_group(path):
    def change(file):
        del file["layers/dense"]
        file["layers"]["dense"] = h5py.ExternalLink("/etc/other.h5", "/layers/dense")

    change_weights(path, change)
    assert_refused(path, "layers/dense", "ExternalLink; links are refused")


def test_the_optimizer(path):
    change_weights(path, lambda file: file["optimizer/vars"].pop("3"))
    assert_refused(path, "model.weights.h5/optimizer", "variables; 'adam")


def test_no_hdf5(path):
    rewrite(path, weights=b"nothing of the kind")
    assert_refused(path, "model.weights.h5", "no HDF5 file")
