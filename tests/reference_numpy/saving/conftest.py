"""Files to spoil."""

import pytest

from tests.reference_numpy.saving.files import make_model


@pytest.fixture
def path(tmp_path):
    make_model().save(tmp_path / "model.keras")
    return tmp_path / "model.keras"


@pytest.fixture
def weights_path(tmp_path):
    make_model().save_weights(tmp_path / "model.weights.h5")
    return tmp_path / "model.weights.h5"
