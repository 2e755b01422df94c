"""Operations of Keras that the NumPy half leaves out, with the reason for each."""

_COMPLEX = "it gives complex numbers, of which no Keras loss is made"
_CODE = "it runs a Python function, which no file can hold"
_CONSTANT = "it makes a constant out of nothing; no model's input leads there"
_VALUES = "the size of its output depends on the numbers, so that no graph can hold it"

REFUSED = {
    "ops.numpy": {
        **dict.fromkeys(["Angle", "Conj", "Conjugate", "Imag", "Real"], _COMPLEX),
        **dict.fromkeys(["Arange", "Full", "Geomspace", "Linspace"], _CONSTANT),
        **dict.fromkeys(["Logspace", "Vander"], _CONSTANT),
        **dict.fromkeys(["Nonzero", "Unique"], _VALUES),
        "View": "it looks at how a number is stored, and TensorFlow has no gradient of it",
        "Argpartition": "the order within its two parts is left to the backend, so that a model "
        "has no one output; Keras on TensorFlow cannot run it for arrays of several axes either",
        "Corrcoef": "it correlates the samples of a batch with one another, and Keras gives the "
        "graph another shape for it than it has",
        "Ndim": "it gives one Python number, the same for all inputs, where Keras gives the graph "
        "as many numbers as there are axes",
        "Histogram": "Keras itself cannot run it in a graph: it asks its backends for a function "
        "that they do not have there",
    },
    "ops.math": {
        **dict.fromkeys(["ViewAsComplex", "ViewAsReal"], _COMPLEX),
        "SegmentReduction": "it is the base of the reductions of segments and does nothing itself",
    },
    "ops.nn": {
        "Polar": _COMPLEX,
        "ConvTranspose": "Keras itself cannot run it: it takes the padding for the output padding",
    },
    "ops.core": {
        **dict.fromkeys(["AssociativeScan", "Cond", "ForiLoop", "Map", "Scan"], _CODE),
        **dict.fromkeys(["Switch", "VectorizedMap", "WhileLoop"], _CODE),
    },
    "ops.linalg": {
        "Eig": _COMPLEX,
        "JVP": _CODE,
        "LuFactor": "Keras on TensorFlow cannot run it for a batch of matrices",
    },
    "ops.image": {
        "ElasticTransform": "it draws random shifts at each call, as data pipelines do",
    },
    "activations.activations": {},
}
