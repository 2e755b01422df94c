"""Weights that are missing, misshapen, or attacks."""

import h5py
import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.saving import ModelFileError
from tests.reference_numpy.saving.files import (
    assert_refused,
    change_weights,
    make_model,
    rewrite,
)

L = rn.layers
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


def chunked(group, name):
    """What is read of such a dataset is a whole chunk."""
    group.create_dataset(name, data=np.zeros((4, 3), "f4"), chunks=(4, 3))


def strange_float(group, name):
    """Floating numbers that NumPy has not."""
    kind = h5py.h5t.IEEE_F32LE.copy()
    kind.set_ebias(10**6)
    h5py.h5d.create(group.id, name.encode(), kind, h5py.h5s.create_simple((4, 3)))


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
        (replace(chunked), "stored in chunks"),
        (replace(strange_float), "damaged: Insufficient precision"),
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


def test_an_optimizer_is_as_before_when_its_last_variable_does_not_fit(weights_path):
    def change(file):
        last = str(len(file["optimizer/vars"]) - 1)
        del file["optimizer/vars"][last]
        file["optimizer/vars"].create_dataset(last, data=np.zeros(77))

    change_weights(weights_path, change)
    model = make_model()
    before = [variable.value.copy() for variable in model.optimizer.variables]
    before[0] += 5
    model.optimizer.set_weights(before)
    with pytest.raises(ModelFileError, match=r"optimizer/vars/\d+: it has the shape \(77,\)"):
        model.load_weights(weights_path)
    for variable, value in zip(model.optimizer.variables, before, strict=True):
        np.testing.assert_array_equal(variable.value, value)


def test_a_vocabulary_is_as_before_when_the_weights_do_not_fit(tmp_path):
    def make(words, units):
        x = rn.Input((1,), dtype="string")
        lookup = L.StringLookup(output_mode="tf_idf", name="lookup")
        lookup.adapt(np.array(words))
        return rn.Model(x, L.Dense(units)(lookup(x)))

    make(["a", "b"], 3).save(tmp_path / "other.keras")
    model = make(["c", "d"], 2)
    with pytest.raises(ModelFileError, match="shape"):
        model.load_weights(tmp_path / "other.keras")
    assert model.get_layer("lookup").get_vocabulary()[1:] == ["d", "c"]
    make(["c", "d"], 2).save_weights(tmp_path / "other.weights.h5")
    change_weights(tmp_path / "other.weights.h5", lambda f: f.pop("layers/string_lookup/vars"))
    with pytest.raises(ModelFileError, match="string_lookup: it lacks 'idf_weights'"):
        model.load_weights(tmp_path / "other.weights.h5")


def test_a_link_to_a_group(path):
    def change(file):
        del file["layers/dense"]
        file["layers"]["dense"] = h5py.ExternalLink("/etc/other.h5", "/layers/dense")

    change_weights(path, change)
    assert_refused(path, "layers/dense", "ExternalLink; links are refused")


def test_the_optimizer(path):
    change_weights(path, lambda file: file["optimizer/vars"].pop("3"))
    assert_refused(path, "model.weights.h5/optimizer", "a variable is missing")


def test_no_hdf5(path):
    rewrite(path, weights=b"nothing of the kind")
    assert_refused(path, "model.weights.h5", "no HDF5 file")
