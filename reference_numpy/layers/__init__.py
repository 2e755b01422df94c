"""Keras's layers. Each folder lists its own classes; all of them are offered here."""

import sys

from reference_numpy.layers.activations import *  # noqa: F403
from reference_numpy.layers.attention import *  # noqa: F403
from reference_numpy.layers.convolutional import *  # noqa: F403
from reference_numpy.layers.core import *  # noqa: F403
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.merging import *  # noqa: F403
from reference_numpy.layers.normalization import *  # noqa: F403
from reference_numpy.layers.pooling import *  # noqa: F403
from reference_numpy.layers.preprocessing import *  # noqa: F403
from reference_numpy.layers.regularization import *  # noqa: F403
from reference_numpy.layers.reshaping import *  # noqa: F403
from reference_numpy.layers.rnn import *  # noqa: F403
from reference_numpy.serialization import Family, refusing, serialize

_classes = [
    value
    for value in vars(sys.modules[__name__]).values()
    if isinstance(value, type) and issubclass(value, Layer) and value is not Layer
]
_foreign = "it runs code of its own, and code that comes with a model is never loaded."
_refused = dict.fromkeys(
    ["Lambda", "FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"], _foreign
)
_refused["Wrapper"] = "it is the abstract base of other layers and computes nothing."
family = Family("keras.layers", "layer", _classes, refused=_refused)
get, deserialize = family.get, family.deserialize
Family(
    "keras.utils",
    "layer",
    [],
    refused={
        "FeatureSpace": "it belongs to data pipelines; use the preprocessing layers it is made of."
    },
)
__getattr__ = refusing(__name__, "layer", _refused)

__all__ = ["InputSpec", "Layer", "get", "deserialize", "serialize", *family.classes]
