"""Models in other forms than the file that Keras writes: read, or what to do with them is said."""

import json
import zipfile

import h5py
import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.saving import ModelFileError
from tests.reference_numpy.saving.files import assert_refused, make_model, members, rewrite

X = np.random.default_rng(1).standard_normal((5, 4))


def unpack(path, folder):
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder


def with_vocabulary(path):
    lookup = rn.layers.StringLookup()
    lookup.adapt(np.array(["b", "a", "b"]))
    x = rn.Input((1,), dtype="string")
    model = rn.Model(x, lookup(x))
    model.save(path)
    return model, np.array([["a"], ["b"], ["c"]])


def test_an_archive_that_was_packed_again(path):
    before, found = rn.models.load_model(path), members(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            archive.writestr(name, data)
    model = rn.models.load_model(path)
    np.testing.assert_array_equal(model(X), before(X))
    assert model.optimizer.iterations == 1
    make_model().load_weights(path)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("model.weights.h5")
    data[info.header_offset + 100 + info.compress_size // 2] ^= 255
    path.write_bytes(data)
    assert_refused(path, "member 'model.weights.h5'", "it is damaged")


def test_a_folder_of_that_name(path, tmp_path):
    before, folder = rn.models.load_model(path), unpack(path, tmp_path / "folder.keras")
    np.testing.assert_array_equal(rn.models.load_model(folder)(X), before(X))
    make_model().load_weights(folder)
    model, words = with_vocabulary(path)
    folder = unpack(path, tmp_path / "words.keras")
    again = rn.models.load_model(folder)
    np.testing.assert_array_equal(again.predict(words, verbose=0), model.predict(words, verbose=0))
    (folder / "config.json").rename(tmp_path / "config.json")
    (folder / "config.json").symlink_to(tmp_path / "config.json")
    assert_refused(folder, "member 'config.json'", "a link")


def test_a_saved_model(tmp_path):
    (tmp_path / "saved.keras").mkdir()
    (tmp_path / "saved.keras" / "saved_model.pb").write_bytes(b"")
    assert_refused(tmp_path / "saved.keras", "", "a TensorFlow SavedModel")


def test_older_formats(path, tmp_path):
    with h5py.File(tmp_path / "older.keras", "w") as file:
        file.attrs["model_config"] = "{}"
    assert_refused(tmp_path / "older.keras", "", "older format HDF5: load it in Keras 3")
    with pytest.raises(ValueError, match=r"ending `\.keras`\. For a model in.*load it in Keras 3"):
        rn.models.load_model(tmp_path / "older.h5")
    with h5py.File(tmp_path / "older.weights.h5", "w") as file:
        file.attrs["layer_names"] = ["dense"]
    with pytest.raises(ModelFileError, match="older format: load them in Keras 3"):
        make_model().load_weights(tmp_path / "older.weights.h5")
    for name in ("older.h5", "sharded.weights.json"):
        with pytest.raises(ValueError, match="Load other weights in Keras 3, and save them as one"):
            make_model().load_weights(tmp_path / name)
    rewrite(path, metadata={"keras_version": "2.15.0"})
    assert_refused(path, "metadata.json", "only Keras 3's are read: load it in Keras 3")


def test_a_live_model_of_keras_2():
    class Model:
        name = "old"

        def get_config(self):
            return {"name": "old", "layers": []}

    with pytest.raises(ValueError, match=r"no model of Keras 3: Model of .*save it as `\.h5`"):
        rn.models.from_keras(Model())


def test_a_vocabulary_that_is_missing_or_damaged(path):
    with_vocabulary(path)
    data, found = path.read_bytes(), members(path)
    (asset,) = [name for name in found if name.startswith("assets/")]
    place = data.rindex(found[asset])
    path.write_bytes(data[:place] + data[place:].replace(b"UNK", b"unk", 1))
    assert_refused(path, f"member '{asset}'", "it is damaged")
    del found[asset]
    with zipfile.ZipFile(path, "w") as archive:
        for name, member in found.items():
            archive.writestr(name, member)
    assert_refused(path, "assets/layers/string_lookup", "it lacks 'vocabulary.txt'")


def test_damage_in_an_asset_that_no_layer_reads(path):
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("assets/layers/dense/notes.txt", "remember me")
    rn.models.load_model(path)
    path.write_bytes(path.read_bytes().replace(b"remember me", b"remember us", 1))
    assert_refused(path, "member 'assets/layers/dense/notes.txt'", "it is damaged")


def test_metadata_that_is_no_dictionary(path):
    rewrite(path, metadata=json.dumps([1]).encode())
    assert_refused(path, "metadata.json", "it does not say which Keras")
