"""Preprocessing layers."""

from reference_numpy.layers.preprocessing.category_encoding import CategoryEncoding
from reference_numpy.layers.preprocessing.discretization import Discretization
from reference_numpy.layers.preprocessing.hashed_crossing import HashedCrossing
from reference_numpy.layers.preprocessing.hashing import Hashing
from reference_numpy.layers.preprocessing.image_preprocessing import *  # noqa: F403
from reference_numpy.layers.preprocessing.image_preprocessing import __all__ as _image_layers
from reference_numpy.layers.preprocessing.integer_lookup import IntegerLookup
from reference_numpy.layers.preprocessing.mel_spectrogram import MelSpectrogram
from reference_numpy.layers.preprocessing.normalization import Normalization
from reference_numpy.layers.preprocessing.pipeline import Pipeline
from reference_numpy.layers.preprocessing.rescaling import Rescaling
from reference_numpy.layers.preprocessing.stft_spectrogram import STFTSpectrogram
from reference_numpy.layers.preprocessing.string_lookup import StringLookup
from reference_numpy.layers.preprocessing.text_vectorization import TextVectorization

__all__ = [
    "CategoryEncoding",
    "Discretization",
    "HashedCrossing",
    "Hashing",
    "IntegerLookup",
    "MelSpectrogram",
    "Normalization",
    "Pipeline",
    "Rescaling",
    "STFTSpectrogram",
    "StringLookup",
    "TextVectorization",
    *_image_layers,
]
