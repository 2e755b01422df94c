"""Regularization layers."""

from reference_numpy.layers.regularization.activity_regularization import ActivityRegularization
from reference_numpy.layers.regularization.alpha_dropout import AlphaDropout
from reference_numpy.layers.regularization.dropout import Dropout
from reference_numpy.layers.regularization.gaussian_dropout import GaussianDropout
from reference_numpy.layers.regularization.gaussian_noise import GaussianNoise
from reference_numpy.layers.regularization.spatial_dropout1d import SpatialDropout1D
from reference_numpy.layers.regularization.spatial_dropout2d import SpatialDropout2D
from reference_numpy.layers.regularization.spatial_dropout3d import SpatialDropout3D

__all__ = [
    "ActivityRegularization",
    "AlphaDropout",
    "Dropout",
    "GaussianDropout",
    "GaussianNoise",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
]
