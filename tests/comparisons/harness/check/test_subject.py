"""The model's file in other precisions, as the oracle and the backends read it."""

import json
import zipfile

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.check.subject import Subject
from reference_numpy import layers


@pytest.fixture
def path(tmp_path):
    """A file of a model with a nested model, whose policies are given in several forms."""
    inside = rn.Sequential([rn.Input((3,)), layers.Dense(2, dtype="mixed_float16")])
    x = rn.Input((3,))
    y = layers.Normalization(mean=0.1, variance=2.0)(x)
    path = tmp_path / "model.keras"
    rn.Model(x, layers.Embedding(4, 2)(layers.Discretization([0.0])(inside(y)))).save(path)
    return path


def dtypes(model):
    computed = {layer.compute_dtype for layer in model.layers[1:]}
    return computed | {x.dtype for x in model.inputs} | {w.dtype.name for w in model.weights}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_all_that_is_floating_is_in_the_precision(path, tmp_path, dtype):
    copy = Subject(path, tmp_path).in_precision(dtype)
    found = dtypes(rn.models.load_model(copy))
    assert dtype in found and not found & ({"float16", "float32", "float64"} - {dtype})


def test_the_oracle_has_the_weights_as_the_backends_round_them(path, tmp_path):
    subject = Subject(path, tmp_path)
    given = rn.models.load_model(path).get_weights()
    oracle = subject.oracle("float32").get_weights()
    assert all(w.dtype == "float64" for w in oracle if w.dtype.kind == "f")
    assert all(np.array_equal(a, b) for a, b in zip(given, oracle, strict=True))


def test_an_unpacked_model(path, tmp_path):
    folder = tmp_path / "unpacked" / "model.keras"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    packed, unpacked = (Subject(each, each.parent).oracle("float64") for each in (path, folder))
    pairs = zip(packed.get_weights(), unpacked.get_weights(), strict=True)
    assert all(np.array_equal(*pair) for pair in pairs)


def test_an_optimizer_as_keras_writes_it_on_pytorch_is_that_of_every_backend(path, tmp_path):
    model = rn.models.load_model(path)
    model.compile("adam", "mse")
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    optimizer = config["compile_config"]["optimizer"]
    optimizer["module"] = "keras.src.backend.torch.optimizers.torch_adam"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**members, "config.json": json.dumps(config)}.items():
            archive.writestr(name, content)
    with zipfile.ZipFile(Subject(path, tmp_path).in_precision("float32")) as archive:
        config = json.loads(archive.read("config.json"))
    assert config["compile_config"]["optimizer"]["module"] == "keras.optimizers"
