"""Operations are tried in float64, as the models that hold them."""

from tests.reference_numpy.models.conftest import double_precision

__all__ = ["double_precision"]
