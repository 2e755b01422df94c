"""Normalization layers."""

from reference_numpy.layers.normalization.batch_normalization import BatchNormalization

__all__ = ["BatchNormalization"]
