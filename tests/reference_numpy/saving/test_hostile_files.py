"""Files that are no models, damaged, or attacks: one line each, nothing run, no memory taken."""

import json
import os
import stat
import zipfile

import pytest

import reference_numpy as rn
from tests.reference_numpy.saving.files import (
    assert_refused,
    change_config,
    members,
    rewrite,
)

# The archive


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"not a model", bytes(10_000)],
    ids=["empty", "two bytes", "text", "zeros"],
)
def test_no_archive(path, data):
    path.write_bytes(data)
    assert_refused(path, "", "this is no .keras file")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_cut_short(path, share):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert_refused(path, "", "cut short")


def test_a_folder(tmp_path):
    (tmp_path / "folder.keras").mkdir()
    assert_refused(tmp_path / "folder.keras", "metadata.json", "is missing")


@pytest.mark.parametrize("name", ["metadata.json", "config.json", "model.weights.h5"])
def test_a_missing_member(path, name):
    found = members(path)
    del found[name]
    with zipfile.ZipFile(path, "w") as archive:
        for other, data in found.items():
            archive.writestr(other, data)
    assert_refused(path, name, "is missing")


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "..\\evil", "C:evil"])
def test_names_that_lead_out(path, name):
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "x")
    assert_refused(path, "member", "leads out of the archive")


def test_a_foreign_member(path):
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("evil.py", "import os")
    assert_refused(path, "member 'evil.py'", "has no such member")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name(path):
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("config.json", "{}")
    assert_refused(path, "member 'config.json'", "two members of this name")


def test_a_link(path):
    info = zipfile.ZipInfo("assets/passwd")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, "/etc/passwd")
    assert_refused(path, "member 'assets/passwd'", "a link or a device")


def test_an_encrypted_member(path):
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    path.write_bytes(data)
    assert_refused(path, "member 'metadata.json'", "encrypted")


def test_a_text_that_unpacks_to_a_thousand_times_its_size(path):
    found = members(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", found["metadata.json"])
        archive.writestr("config.json", b" " * (256 << 20))
        archive.writestr("model.weights.h5", found["model.weights.h5"], zipfile.ZIP_STORED)
    assert path.stat().st_size < 1 << 20
    assert_refused(path, "member 'config.json'", "it claims 268,435,456 bytes")


def test_a_text_that_unpacks_to_more_than_fits(path, monkeypatch):
    """A packed text has a limit, which one that is stored as it is does not need."""
    found = members(path)
    monkeypatch.setattr("reference_numpy.saving.archive.MAX_TEXT", 3000)
    rn.models.load_model(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in found.items():
            packing = zipfile.ZIP_DEFLATED if name == "config.json" else None
            archive.writestr(name, data, packing)
    assert_refused(path, "member 'config.json'", "it claims")


def test_weights_that_unpack_to_a_hundred_times_their_size(path):
    found = members(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            archive.writestr(name, data + bytes(64 << 20) * name.endswith("h5"))
    assert_refused(path, "member 'model.weights.h5'", "it claims 67,1")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_members_packed_in_other_ways(path, method):
    """What unpacks them takes the memory that the member asks for."""
    found = members(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in found.items():
            archive.writestr(name, data, method if name == "config.json" else None)
    assert_refused(path, "member 'config.json'", "neither stored nor deflated")


def test_members_before_the_beginning_of_the_file(path):
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x05\x06") + 16  # where the list of members begins
    data[place : place + 4] = (int.from_bytes(data[place : place + 4], "little") + 500).to_bytes(
        4, "little"
    )
    path.write_bytes(data)
    assert_refused(path, "", "")


def test_flipped_bits(path):
    data = bytearray(path.read_bytes())
    for name, place in (("config.json", b'"class_name"'), ("model.weights.h5", b"\x89HDF")):
        spoiled = bytearray(data)
        spoiled[spoiled.index(place) + 3] ^= 1
        path.write_bytes(spoiled)
        assert_refused(path, f"member '{name}'", "damaged")


# Metadata and JSON


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"keras_version": "4.0.0"}, "written by Keras 4.0.0"),
        ({"keras_version": "2.15.0"}, "written by Keras 2.15.0"),
        ({}, "does not say which Keras"),
        ([], "does not say which Keras"),
        (b"{", "is no JSON"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_metadata(path, metadata, reason):
    rewrite(path, metadata=metadata)
    assert_refused(path, "metadata.json", reason)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (b"", "is no JSON"),
        (b"[" * 100_000, "nests too deep"),
        ([], "describes no model"),
        ({"class_name": "Functional"}, "describes no model"),
        ({"class_name": "MyModel", "config": {}}, "the model is a 'MyModel'"),
        ({"class_name": ["Functional"], "config": {}}, "the model is a ['Functional']"),
        ({"class_name": "Functional", "config": {"layers": 3}}, "has layers, input_layers"),
        ({"class_name": "Sequential", "config": {"name": "s"}}, "a list of 'layers'"),
    ],
)
def test_configs_that_are_none(path, config, reason):
    rewrite(path, config=config)
    assert_refused(path, "config.json", reason)


# What a config may not name


def layer(config, name="hidden"):
    return next(entry for entry in config["config"]["layers"] if entry["name"] == name)


def set_class(name, module="keras.layers", registered=None):
    def change(config):
        layer(config).update(class_name=name, module=module, registered_name=registered)

    return change


def set_argument(key, value, name="hidden"):
    def change(config):
        layer(config, name)["config"][key] = value

    return change


CODE = {"class_name": "__lambda__", "config": {"value": ["4wEAAA==", None, None]}}
LAMBDA = CODE["config"]  # which is all that a layer's config has of one
FUNCTION = {"module": "os", "class_name": "function", "config": "system"}
NUMPY = {"class_name": "__numpy__", "config": {"value": [1], "dtype": "object"}}
TUPLE = {"class_name": "__tuple__", "config": [1, 2]}
ONES = {
    "module": "keras.initializers",
    "class_name": "Ones",
    "config": [1],
    "registered_name": None,
}
PLACE = "config.json: config.layers[1]"


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        (set_class("Lambda"), PLACE, "'Lambda' is code"),
        (set_class("system", "os"), PLACE, "'system' is a class of the author's own"),
        (set_class("Evil", None, "pack>Evil"), PLACE, "'pack>Evil' is a class of the author's own"),
        (set_class("Dense", "keras.layers", "pack>Dense"), PLACE, "class of the author's own"),
        (set_class("Nothing"), PLACE, "'keras.layers' has no class 'Nothing'"),
        (set_class(["Dense"]), PLACE, "this is no name"),
        (set_class("TorchModuleWrapper"), PLACE, "TorchModuleWrapper"),
        (set_argument("activation", CODE), f"{PLACE}.config.activation", "'__lambda__' is code"),
        (set_argument("activation", LAMBDA), PLACE, "The activation is a lambda, whose code is"),
        (set_argument("activation", FUNCTION), f"{PLACE}.config.activation", "'system' is code"),
        (set_argument("activation", NUMPY), PLACE, "dtype 'object'"),
        (set_argument("activation", "evil"), f"{PLACE}.config: ", "'evil'"),
        (set_argument("kernel_initializer", TUPLE), f"{PLACE}.config.kernel_initializer", "items"),
        (set_argument("kernel_initializer", ONES), f"{PLACE}.config.kernel_initializer", "no dict"),
        (set_argument("name", "../../evil"), f"{PLACE}.config.name", "paths and URLs"),
        (set_argument("name", "https://evil/x"), f"{PLACE}.config.name", "paths and URLs"),
        (set_argument("name", "/etc/passwd"), f"{PLACE}.config.name", "paths and URLs"),
        (set_argument("name", "~/x"), f"{PLACE}.config.name", "paths and URLs"),
        (set_argument("vocabulary", "words"), f"{PLACE}.config.vocabulary", "another file"),
        (set_argument("units", -3), f"{PLACE}.config: ", "units=-3"),
        (set_argument("units", "many"), f"{PLACE}.config.units: ", "Expected an integer. Rec"),
        (set_argument("use_bias", "no"), f"{PLACE}.config.use_bias: ", "Expected True or False"),
        (
            set_argument("name", ["a"]),
            f"{PLACE}.config.name: ",
            "Expected a text or None. Received",
        ),
        (set_argument("dtype", [3]), f"{PLACE}.config: ", "Expected a dtype. Received: [3]"),
        (set_argument("evil", 1), f"{PLACE}.config: ", "Dense has no argument 'evil'"),
        (lambda c: layer(c)["config"].pop("units"), f"{PLACE}.config: ", "needs an argument 'uni"),
        (set_argument("units", 10**12), f"{PLACE}.inbound_nodes[0]", "describes more weights than"),
        (set_argument("units", 10**30), f"{PLACE}.inbound_nodes[0]", "describes more weights than"),
    ],
)
def test_refused_configs(path, change, place, reason):
    change_config(path, change)
    assert_refused(path, place, reason)


def nest(config):
    inner = {}
    for _ in range(300):
        inner = {"a": inner}
    layer(config)["config"]["kernel_initializer"] = inner


def call_itself(config):
    history = layer(config)["inbound_nodes"][0]["args"][0]["config"]
    history["keras_history"] = ["hidden", 0, 0]


def refer(*triple):
    def change(config):
        layer(config)["inbound_nodes"][0]["args"][0]["config"]["keras_history"] = list(triple)

    return change


def argue(value):
    def change(config):
        layer(config)["inbound_nodes"][0]["args"][0] = value

    return change


def end(*triple):
    def change(config):
        config["config"]["output_layers"] = list(triple)

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (nest, "nests too deep"),
        (call_itself, "has loops"),
        (refer("nobody", 0, 0), "refers to the layer 'nobody'"),
        (refer("x", 7, 0), "has loops, or calls that refer to outputs"),
        (refer("x", -1, 0), "has loops, or calls that refer to outputs"),
        (refer("x", 0, 3), "has no output 3"),
        (refer("x"), "[layer, call, output]"),
        (refer("x", "0", 0), "[layer, call, output]"),
        (
            argue({"class_name": "__numpy__", "config": {"value": [[1]], "dtype": "int8"}}),
            "no tensor",
        ),
        (lambda c: layer(c).update(inbound_nodes=[[]]), "a list of 'args'"),
        (lambda c: layer(c).update(name=None), "layer's entry has a 'name'"),
        (lambda c: c["config"]["layers"].append(3), "layer's entry has a 'name'"),
        (set_class("L2", "keras.regularizers"), "argument"),
        (end("out"), "[layer, call, output]"),
        (lambda c: c["config"].update(output_layers={"y": "out"}), "[layer, call, output]"),
        (end("nobody", 0, 0), "'nobody'"),
        (end("out", 9, 0), "no call 9"),
        (lambda c: layer(c).update(name="out"), "two layers of the name 'out'"),
        (lambda c: layer(c).pop("inbound_nodes"), "inbound_nodes"),
        (lambda c: c["compile_config"].update(loss="evil"), "'evil'"),
        (lambda c: c["compile_config"].update(loss=CODE), "'__lambda__' is code"),
        (lambda c: c["compile_config"].update(metrics=[FUNCTION]), "'system' is code"),
        (lambda c: c["compile_config"].update(evil=1), "evil"),
        (lambda c: c.update(compile_config=[1]), "compile_config: it is no dictionary"),
    ],
)
def test_broken_graphs_and_compile_settings(path, change, reason):
    change_config(path, change)
    assert_refused(path, "config.json", reason)


def test_what_is_not_to_be_compiled_is_not_looked_at(path):
    change_config(path, lambda config: config["compile_config"].update(loss=CODE))
    assert not rn.models.load_model(path, compile=False).compiled


def test_a_large_kernel_of_a_convolution_takes_no_memory(tmp_path):
    model = rn.Sequential([rn.Input((8, 8, 2)), rn.layers.Conv2D(2, 3)])
    path = tmp_path / "model.keras"
    model.save(path)

    def change(config):
        config["config"]["layers"][1]["config"].update(kernel_size=[10**5, 10**5], padding="same")

    change_config(path, change)
    assert_refused(path, "config.json", "describes more weights than")


@pytest.mark.parametrize(
    ("module", "name", "arguments"),
    [
        ("keras.metrics", "AUC", {"num_thresholds": 10**9}),
        ("keras.metrics", "MeanIoU", {"num_classes": 10**6}),
        ("keras.layers", "StringLookup", {"num_oov_indices": 10**9, "vocabulary": ["a"]}),
        ("keras.layers", "StringLookup", {"max_tokens": 10**9, "pad_to_max_tokens": True}),
    ],
)
def test_numbers_that_would_take_memory_without_being_weights(path, module, name, arguments):
    entry = {"module": module, "class_name": name, "config": arguments, "registered_name": None}

    def change(config):
        config["compile_config"]["metrics"] = [entry]

    change_config(path, change)
    argument = next(iter(arguments))
    assert_refused(path, f"compile_config.metrics[0].config.{argument}", "the most that is read")


@pytest.mark.parametrize("text", ["a\nb", "\x1b[2J", "\u202e", "x" * 10**5])
def test_a_message_is_one_line_of_letters_whatever_the_file_says(path, text):
    def change(config):
        layer(config)["config"] = {text: FUNCTION, "name": text}

    change_config(path, change)
    with pytest.raises(rn.saving.ModelFileError) as error:
        rn.models.load_model(path)
    message = str(error.value)
    assert message.isprintable() and len(message) < len(str(path)) + 1100
    assert message.endswith("the function 'system' is code, which is never loaded")


def test_nothing_is_executed(path, tmp_path):
    """The classical attack: a Lambda layer whose code is in the file."""
    marker = tmp_path / "executed"
    code = {"class_name": "__lambda__", "config": {"value": [f"open({str(marker)!r}, 'w')"]}}
    change_config(path, set_argument("activation", code))
    assert_refused(path, PLACE, "is code")
    change_config(path, set_class("Lambda"))
    assert_refused(path, PLACE, "is code")
    assert not os.path.exists(marker)


def test_what_json_may_hold_beside_numbers(path):
    """`NaN` and `Infinity` are no attack, and are told by the layer that they reach."""
    text = members(path)["config.json"].decode().replace('"epsilon": 0.001', '"epsilon": NaN')
    rewrite(path, config=json.loads(text))
    rn.models.load_model(path)
