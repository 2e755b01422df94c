"""What is printed where the output's encoding lacks a character, as that of a file on Windows."""

import contextlib
import io

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.console import say


@contextlib.contextmanager
def output_in(encoding):
    """Standard output in an encoding that refuses what it lacks; the list gets what it holds."""
    stream, held = io.TextIOWrapper(io.BytesIO(), encoding, "strict", write_through=True), []
    with contextlib.redirect_stdout(stream):
        yield held
    held += stream.buffer.getvalue().decode(encoding).splitlines()


@pytest.mark.parametrize("encoding", ["cp1252", "cp932", "ascii"])
def test_models_print_themselves_and_their_training_in_any_encoding(encoding, tmp_path):
    model = rn.Sequential([rn.Input((3,)), rn.layers.Dense(2)], name="模型é")
    model.compile("sgd", "mse")
    checkpoint = rn.callbacks.ModelCheckpoint(tmp_path / "☃.keras", verbose=1)
    with output_in(encoding) as held:
        model.fit(np.ones((8, 3)), np.ones((8, 2)), callbacks=[checkpoint])
        model.summary()
    text = "\n".join(held)
    assert all(part in text for part in ("1/1", "saving model to", "Layer (type)", "params: 8"))


def test_a_table_is_still_one_without_signs_for_its_lines():
    with output_in("cp1252") as held:
        rn.Sequential([rn.Input((3,)), rn.layers.Dense(2)]).summary()
    assert set(held[1]) == set("+=") and held[2][0] == held[2][-1] == "|"


@pytest.mark.parametrize(
    ("encoding", "held"),
    [
        ("utf-8", "error −1.5×10⁻⁵ ± 2 – 例"),
        ("cp1252", "error -1.5×10^-5 ± 2 – ?"),
        ("cp932", "error －1.5×10^-5 ± 2 - 例"),
        ("ascii", "error -1.5x10^-5 +- 2 - ?"),
    ],
)
def test_numbers_keep_their_signs_and_powers(encoding, held):
    with output_in(encoding) as lines:
        say("error −1.5×10⁻⁵ ± 2 – 例")
    assert lines == [held]
