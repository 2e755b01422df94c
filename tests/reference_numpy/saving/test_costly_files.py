"""Files that would take time or memory out of proportion: refused at once."""

import os
import struct
import time
import zipfile

import pytest

import reference_numpy as rn
from tests.reference_numpy.saving.files import assert_refused, change_config, members

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


def test_many_assets(path):
    found = members(path)
    text = b"x" * (1 << 20)
    pack(path, {**found, **{f"assets/layers/dense/{i}": text for i in range(100)}})
    rn.models.load_model(path)  # of no layer: looked at one by one
    x = rn.Input((1,), dtype="string")
    lookup = rn.layers.StringLookup()
    lookup.adapt(["a"])
    rn.Model(x, lookup(x)).save(path)
    found = members(path)
    pack(path, {**found, **{f"assets/layers/string_lookup/{i}": text for i in range(100)}})
    with pytest.raises(rn.saving.ModelFileError, match=r"string_lookup/\d+': with it the texts"):
        rn.models.load_model(path)
    words = {"assets/layers/string_lookup/vocabulary.txt": b"a\n" * (3 << 20)}
    pack(path, {**found, **words}, zipfile.ZIP_STORED)
    assert_refused(path, "member 'assets/layers/string_lookup/vocabulary.txt'", "3,145,728 lines")


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
