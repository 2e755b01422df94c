"""Inputs fit what the model does with them, whether drawn or read from a person's file."""

import numpy as np
import pytest
from keras import Input, Sequential
from keras.layers import Dense, Embedding

import reference_numpy as rn
from comparisons.harness.check import inputs
from comparisons.harness.check.checking import Check
from reference_numpy import layers


def drawn(model, kind=inputs.ORDINARY, batch=5, seed=0):
    return inputs.draw(model, batch, seed, kind, "float32")


def tokens(mask=False):
    return rn.Sequential([rn.Input((6,), dtype="int32"), layers.Embedding(9, 3, mask_zero=mask)])


@pytest.mark.parametrize("kind", inputs.KINDS)
def test_integers_are_within_the_vocabulary(kind):
    x = drawn(tokens(), kind, batch=40)
    assert x.dtype == "int32" and x.min() == 0 and x.max() == 8
    assert (x.any(1)).all()  # nobody's text is padding alone
    padding = x[:, 0] == 0, x[:, -1] == 0
    assert [n.any() for n in padding] == [kind == inputs.PADDED, kind != inputs.PADDED]


def test_integers_are_within_the_vocabulary_of_a_nested_model_and_behind_a_reshape():
    outer = rn.Input((3, 2), dtype="int32")
    inside = rn.Sequential([rn.Input((6,), dtype="int32"), layers.Embedding(4, 3)])
    model = rn.Model(outer, inside(layers.Reshape((6,))(outer)))
    assert drawn(model, batch=50).max() == 3


def test_floating_inputs_of_an_embedding_are_whole_numbers():
    model = rn.Sequential([rn.Input((6,)), layers.Embedding(9, 3)])
    x = drawn(model)
    assert x.dtype == "float64" and np.array_equal(x, np.round(x)) and 0 <= x.min() < x.max() < 9


def test_texts_for_text_layers():
    model = rn.Sequential(
        [rn.Input((1,), dtype="string"), layers.StringLookup(vocabulary=["sun", "rain"])]
    )
    assert set(drawn(model, batch=40).ravel()) == {"sun", "rain", "unheard-of"}


def test_images_where_numbers_are_rescaled():
    model = rn.Sequential([rn.Input((4, 4, 3)), layers.Rescaling(1 / 255)])
    x = drawn(model)
    assert x.min() >= 0 and 200 < x.max() <= 255


def test_several_inputs_by_name_and_masks():
    x, mask = rn.Input((5, 2), name="x"), rn.Input((5,), dtype="bool", name="mask")
    model = rn.Model({"x": x, "mask": mask}, layers.LSTM(2)(x, mask=mask))
    found = drawn(model)
    assert set(found) == {"x", "mask"} and found["mask"].dtype == bool and found["mask"][:, 0].all()


def test_masks_and_what_is_masked_are_padded_at_the_start_too():
    x, mask = rn.Input((5, 2), name="x"), rn.Input((5,), dtype="bool", name="mask")
    masked = layers.Masking(-1.0)(x)
    model = rn.Model([x, mask], [layers.LSTM(2)(masked), layers.GRU(2)(x, mask=mask)])
    x, mask = drawn(model, inputs.PADDED, batch=20)
    assert mask[:, -1].all() and not mask[:, 0].all()
    steps = (x != -1.0).any(-1)
    assert steps[:, -1].all() and not steps[:, 0].all()
    assert np.array_equal(x[steps], drawn(model, batch=20)[0][steps])


def test_open_sizes_grow_until_the_model_takes_them():
    model = rn.Sequential([rn.Input((None, 2)), layers.Conv1D(3, 12)])
    assert drawn(model).shape == (5, 16, 2)


def test_the_kinds_are_what_they_say():
    model = rn.Sequential([rn.Input((50,)), layers.Dense(2)])
    tied, large, tiny = (drawn(model, kind) for kind in (inputs.TIES, inputs.BIG, inputs.SMALL))
    assert not tied[-1].any() and len(np.unique(tied)) < 20
    assert np.array_equal(large, drawn(model) * 2.0**7) and np.abs(tiny).max() < 1e-4
    assert np.array_equal(large, large.astype("float32"))
    assert not np.array_equal(drawn(model), drawn(model, seed=1))


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")
@pytest.mark.parametrize(
    ("numbers", "kinds"), [(False, ["tied", "left-padded"]), (True, ["tied", "large", "tiny"])]
)
def test_a_model_is_fed_of_each_kind_what_it_was_not_fed_before(numbers, kinds, tmp_path):
    first = [Input((6,)), Dense(2)] if numbers else [Input((6,), dtype="int32"), Embedding(9, 2)]
    modes = [each.mode for each in Check(Sequential(first), tmp_path).passes]
    assert modes == ["inference", "training", *(f"inference on {kind} inputs" for kind in kinds)]


@pytest.fixture
def pair():
    a, b = rn.Input((2,), name="a"), rn.Input((3,), name="b", dtype="int32")
    return rn.Model([a, b], layers.Concatenate()([layers.Dense(1)(a), layers.Dense(1)(b)]))


def test_a_file_by_names(pair, tmp_path):
    a, b = np.arange(8.0).reshape(4, 2), np.arange(12).reshape(4, 3)
    np.savez(tmp_path / "x.npz", b=b, a=a)
    found = inputs.read(tmp_path / "x.npz", pair, 3, "float32")
    assert np.array_equal(found[0], a[:3]) and np.array_equal(found[1], b[:3])
    assert found[1].dtype == "int32"


def test_a_table_with_a_heading(tmp_path):
    model = rn.Sequential([rn.Input((2, 1)), layers.Flatten()])
    (tmp_path / "x.csv").write_text("left,right\n1,2\n3,4.5\n")
    found = inputs.read(tmp_path / "x.csv", model, None, "float32")
    assert found.tolist() == [[[1.0], [2.0]], [[3.0], [4.5]]]


def test_a_table_of_excels(tmp_path):
    """Its mark made the first row a heading, which was left out."""
    model = rn.Sequential([rn.Input((2,)), layers.Flatten()])
    (tmp_path / "x.csv").write_text("1,2\n3,4\n", "utf-8-sig")
    found = inputs.read(tmp_path / "x.csv", model, None, "float32")
    assert found.tolist() == [[1.0, 2.0], [3.0, 4.0]]


A, B = np.ones((4, 2)), np.ones((4, 3), int)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"a": A}, "expected the arrays a, b; found a"),
        ({"a": A, "c": B}, "expected the arrays a, b; found a, c"),
        ({"a": A[:2], "b": B}, "expected as many samples in each array"),
        ({"a": A[:0], "b": B[:0]}, "expected one sample or more, found none"),
        ({"a": A[:, :1], "b": B}, r"a: expected the shape (any, 2), found (4, 1)"),
        ({"a": A * np.nan, "b": B}, "a: expected finite numbers, found nan at (0, 0)"),
        (
            {"a": A * 1e300, "b": B},
            "a: expected numbers that float32 holds, found 1e+300 at (0, 0)",
        ),
        ({"a": A.astype(str), "b": B}, "a: expected numbers, found <U32"),
        ({"a": A, "b": B / 2}, "b: expected int32, found fractions"),
    ],
)
def test_a_file_that_does_not_fit_gets_one_line(pair, tmp_path, arrays, message):
    path = tmp_path / "x.npz"
    np.savez(path, **arrays)
    with pytest.raises(ValueError) as stop:
        inputs.read(path, pair, None, "float32")
    assert message in str(stop.value) and str(stop.value).startswith(f"{path}: ")
    assert "\n" not in str(stop.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.txt", b"1", "expected .npz, .npy or .csv"),
        ("x.npz", b"no archive", "cannot be read as .npz"),
        ("x.npy", b"", "cannot be read as .npy"),
        ("x.npy", b"no array", "cannot be read as .npy: the magic string is not correct"),
        ("x.csv", b"1,2\n3\n", "cannot be read as .csv: rows of 1 and of 2 numbers"),
        ("x.csv", b"\xff\xfe", "cannot be read as .csv"),
        ("x.csv", b"1,2\n", "the model has 2 inputs; give an .npz with the arrays a, b"),
    ],
)
def test_a_file_that_is_none_gets_one_line(pair, tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message) as stop:
        inputs.read(tmp_path / name, pair, None, "float32")
    assert "\n" not in str(stop.value)
