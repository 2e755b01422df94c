"""A model's file, and ways to spoil it."""

import io
import json
import tracemalloc
import zipfile

import h5py
import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.saving import ModelFileError

L = rn.layers
MEMBERS = ("metadata.json", "config.json", "model.weights.h5")


def make_model():
    """A small compiled model that has done a few steps."""
    rn.random.set_seed(0)
    x = rn.Input((4,), name="x")
    h = L.Dense(3, activation="tanh", name="hidden")(x)
    h = L.BatchNormalization(name="norm")(h)
    y = L.Dense(2, name="out")(h)
    model = rn.Model(x, y, name="small")
    model.compile(rn.optimizers.Adam(0.01), "mse", metrics=["mae"])
    data = np.random.default_rng(0).standard_normal((20, 4))
    model.fit(data, data[:, :2], shuffle=False, verbose=0)
    return model


def members(path):
    """The members of an archive, `{name: bytes}`."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(path, **changed):
    """Write the archive again with members changed: `metadata`, `config` (JSON), `weights`."""
    found = members(path)
    for name, key in zip(MEMBERS, ("metadata", "config", "weights"), strict=True):
        if key in changed:
            value = changed[key]
            found[name] = value if isinstance(value, bytes) else json.dumps(value).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in found.items():
            archive.writestr(name, data)


def change_config(path, change):
    """Let `change` alter the model's config in place."""
    config = json.loads(members(path)["config.json"])
    change(config)
    rewrite(path, config=config)


def change_weights(path, change):
    """Let `change` alter the HDF5 file, given as an open `h5py.File`."""
    if str(path).endswith(".h5"):
        with h5py.File(path, "r+") as file:
            change(file)
        return
    buffer = io.BytesIO(members(path)["model.weights.h5"])
    with h5py.File(buffer, "r+") as file:
        change(file)
    rewrite(path, weights=buffer.getvalue())


def assert_refused(path, place, reason):
    """Loading fails in one line with file, place and reason, and takes no memory for it."""
    tracemalloc.start()
    with pytest.raises(ModelFileError) as error:
        rn.models.load_model(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    text = str(error.value)
    assert text.startswith(f"{path}: ") and "\n" not in text
    assert place in text and reason in text, text
    assert peak < 64 << 20, "memory was taken for what the file claims"
