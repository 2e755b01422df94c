"""Files that would take time or memory out of proportion: refused at once."""

import json
import os
import struct
import time
import zipfile

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.saving.archive import Archive
from tests.reference_numpy.saving.files import (
    assert_refused,
    change_config,
    change_weights,
    members,
)

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")


@pytest.fixture(autouse=True)
def at_once():
    start = time.process_time()
    yield
    assert time.process_time() - start < 5


def pack(path, found, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in found.items():
            archive.writestr(name, data)


@pytest.mark.parametrize("item", [b"[]", b"{}", b"0"])
def test_many_small_values(path, item):
    found = members(path)
    text = b"[" + b",".join([item] * (5 << 20)) + b"]"
    pack(path, {**found, "config.json": text}, zipfile.ZIP_STORED)
    assert_refused(path, "config.json", "it holds more than 1,000,000 values")


@pytest.mark.parametrize("folder", ["", "layers/dense/"], ids=["none's", "a layer's"])
def test_many_assets(path, folder):
    """Each of a size that one may have, whether a layer asks for them or not."""
    found = members(path)
    text = b"x" * (1 << 20)
    pack(path, {**found, **{f"assets/{folder}{i}": text for i in range(100)}})
    assert_refused(path, f"member 'assets/{folder}6", "it claims 1,048,576 bytes, and with it")


def lookup_model(path, count=1, **options):
    """The file of a model of several lookups, the config of each with further arguments."""
    rn.Sequential([rn.Input((1,), dtype="string"), rn.layers.StringLookup(name="words")]).save(path)

    def change(config):
        start, lookup = config["config"]["layers"]
        lookup["config"].update(options)
        layers = [{**lookup, "config": {**lookup["config"], "name": f"l{i}"}} for i in range(count)]
        config["config"]["layers"] = [start, *layers]

    change_config(path, change)


def test_many_lines(path):
    lookup_model(path)
    words = {"assets/layers/string_lookup/vocabulary.txt": b"a\n" * (3 << 20)}
    pack(path, {**members(path), **words}, zipfile.ZIP_STORED)
    assert_refused(path, "member 'assets/layers/string_lookup/vocabulary.txt'", "3,145,728 lines")


def test_many_layers_with_many_assets(path, monkeypatch):
    """Which of the assets are a layer's is not asked of all assets."""
    lookup_model(path, 20, vocabulary=["a"])
    names, asked = Archive.names, []
    monkeypatch.setattr(Archive, "names", lambda archive: asked.append(1) or names(archive))
    rn.models.load_model(path)
    assert len(asked) < 5


def test_numbers_that_take_memory_in_many_places(path):
    lookup_model(path, 20, vocabulary=["a"], num_oov_indices=10**5)
    assert_refused(path, "layers[11].config.num_oov_indices", "more than 1,000,000 num_oov_indices")


@pytest.mark.parametrize(("layers", "metrics", "what"), [(12, 0, "layers"), (1, 25, "objects")])
def test_many_objects(path, monkeypatch, layers, metrics, what):
    """Short in the text, each takes time and memory."""
    monkeypatch.setattr("reference_numpy.saving.config_check.MAX_LAYERS", 10)
    monkeypatch.setattr("reference_numpy.saving.config_check.MAX_OBJECTS", 20)

    def change(config):
        layer = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 1}}
        metric = {"module": "keras.metrics", "class_name": "AUC", "config": {}}
        config["config"] = {"layers": [layer] * layers, "more": [metric] * metrics}

    change_config(path, change)
    assert_refused(path, "config.json: config", f"has more than {10 if layers > 1 else 20} {what}")


def test_a_long_key_above_many_values(path):
    """The place of each value is not written out before anything is wrong there."""
    change_config(path, lambda config: config["config"].update({"k" * 10**6: [0] * 50_000}))
    rn.models.load_model(path)


def test_one_weight_by_many_names(path):
    """A layer that reads its own weights takes no more of them than the file has."""
    lookup_model(path)

    def link(file):
        group = file.require_group("layers/string_lookup/vars")
        group["0"] = np.zeros(1 << 17)
        for i in range(1, 100):
            group[str(i)] = group["0"]

    change_weights(path, link)
    assert_refused(path, "string_lookup/vars/", "bytes are read of")


def test_many_layers_whose_weights_are_one_group_of_many(path, monkeypatch):
    rn.Sequential([rn.Input((1,))] + [rn.layers.Dense(1) for _ in range(20)]).save(path)
    monkeypatch.setattr("reference_numpy.saving.hdf5.MAX_NAMES", 30)
    assert_refused(path, "layers/dense_15", "with it more than 30 weights are listed")


def test_sizes_beyond_the_file(path):
    """As zip64 can claim them, the packed size too."""
    data = path.read_bytes()
    place = data.index(b"PK\x01\x02")  # the entry of metadata.json
    name_length, extra_length = struct.unpack_from("<HH", data, place + 28)
    entry = bytearray(data[place : place + 46 + name_length])
    struct.pack_into("<II", entry, 20, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<H", entry, 30, 20)
    entry += struct.pack("<HHQQ", 1, 16, 1 << 60, 1 << 60)
    rest = bytearray(data[place + 46 + name_length + extra_length :])
    (size,) = struct.unpack_from("<I", rest, len(rest) - 10)
    struct.pack_into("<I", rest, len(rest) - 10, size + 20 - extra_length)
    path.write_bytes(data[:place] + bytes(entry) + bytes(rest))
    assert_refused(path, "member 'metadata.json'", "are more than the file has")


def test_what_is_no_regular_file(tmp_path):
    (tmp_path / "endless.keras").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.keras")
    os.mkfifo(tmp_path / "pipe.weights.h5")
    for name in ("endless.keras", "pipe.keras"):
        assert_refused(tmp_path / name, "", "this is no regular file")
    model = rn.Sequential([rn.Input((2,)), rn.layers.Dense(1)])
    with pytest.raises(rn.saving.ModelFileError, match="no regular file"):
        model.load_weights(tmp_path / "pipe.weights.h5")


def test_many_members(path):
    found = members(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in found.items():
            archive.writestr(name, data)
        archive.filelist += archive.filelist[:1] * 60_000
    assert_refused(path, "", "its list of members claims")


def test_another_number_of_members(path):
    data = bytearray(path.read_bytes())
    struct.pack_into("<HH", data, len(data) - 14, 0, 0)
    path.write_bytes(data)
    assert_refused(path, "", "it says that it has 0 members, and lists 3")


def test_models_that_double(path):
    """Each calls the one within twice: 2²⁰ calls of the innermost."""
    inner = rn.Sequential([rn.Input((2,)), rn.layers.Dense(2)], name="inner")
    x = rn.Input((2,), name="x")
    rn.Model(x, inner(inner(x)), name="outer").save(path)

    def change(config):
        for level in range(20):
            name, start = f"level_{level}", config["config"]["layers"][0]
            entry = {key: config[key] for key in ("module", "class_name", "registered_name")}
            calls = [{"args": [_tensor(*end)], "kwargs": {}} for end in (("x", 0), (name, 0))]
            entry.update(config={**config["config"], "name": name}, name=name, inbound_nodes=calls)
            config["config"] = {
                "name": "outer",
                "trainable": True,
                "layers": [start, entry],
                "input_layers": ["x", 0, 0],
                "output_layers": [name, 2, 0],
            }

    change_config(path, change)
    assert_refused(path, "config", "calls its layers more than")


def _tensor(name, call):
    history = {"shape": [None, 2], "dtype": "float32", "keras_history": [name, call, 0]}
    return {"class_name": "__keras_tensor__", "config": history}


def test_numbered_models_within_one_another(path, monkeypatch):
    """What stands at the bottom is looked through once, however many models are around it."""
    rn.Sequential([rn.Input((1,)), rn.layers.Dense(1, name="x" * 10_000)]).save(path)

    def change(config):
        config["config"]["layers"][1]["shared_object_id"] = 100
        for number in range(30):
            inner = {**config, "config": {**config["config"], "name": f"m{number}"}}
            start, _ = config["config"]["layers"]
            layers = [start, {**inner, "shared_object_id": number}]
            config["config"] = {**config["config"], "layers": layers}

    change_config(path, change)
    texts, dumps = [], json.dumps
    monkeypatch.setattr(
        json, "dumps", lambda *args, **kw: texts.append(dumps(*args, **kw)) or texts[-1]
    )
    reason = "the weights of 'xxx"
    assert_refused(path, "layers/sequential/layers/sequential", reason)
    assert sum(map(len, texts)) < 2 * len(members(path)["config.json"])
