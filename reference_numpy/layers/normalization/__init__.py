"""Normalization layers."""

from reference_numpy.layers.normalization.batch_normalization import BatchNormalization
from reference_numpy.layers.normalization.group_normalization import GroupNormalization
from reference_numpy.layers.normalization.layer_normalization import LayerNormalization
from reference_numpy.layers.normalization.rms_normalization import RMSNormalization
from reference_numpy.layers.normalization.spectral_normalization import SpectralNormalization
from reference_numpy.layers.normalization.unit_normalization import UnitNormalization

__all__ = [
    "BatchNormalization",
    "GroupNormalization",
    "LayerNormalization",
    "RMSNormalization",
    "SpectralNormalization",
    "UnitNormalization",
]
