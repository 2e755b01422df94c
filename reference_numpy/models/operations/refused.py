"""Operations of Keras that the NumPy half leaves out, with the reason for each."""

_COMPLEX = "it gives complex numbers, of which no Keras loss is made"
_CODE = "it runs a Python function, which no file can hold"
_CONSTANT = "it makes a constant out of nothing; no model's input leads there"
_VALUES = "the size of its output depends on the numbers, so that no graph can hold it"

REFUSED = {
    "ops.numpy": {
        **dict.fromkeys(["Angle", "Conj", "Conjugate", "Imag", "Real"], _COMPLEX),
        **dict.fromkeys(["Arange", "Array", "Full", "Geomspace", "Linspace"], _CONSTANT),
        **dict.fromkeys(["Logspace", "Vander", "Meshgrid"], _CONSTANT),
        **dict.fromkeys(["Nonzero", "Unique"], _VALUES),
    },
    "ops.math": {
        **dict.fromkeys(["ViewAsComplex", "ViewAsReal"], _COMPLEX),
    },
    "ops.nn": {
        "ConvTranspose": "Keras itself cannot run it: it takes the padding for the output padding",
    },
    "ops.core": {
        **dict.fromkeys(["AssociativeScan", "Cond", "ForiLoop", "Map", "Scan"], _CODE),
        **dict.fromkeys(["Switch", "VectorizedMap", "WhileLoop"], _CODE),
    },
    "ops.linalg": {},
    "ops.image": {
        "ElasticTransform": "it draws random shifts at each call, as data pipelines do",
    },
    "activations.activations": {},
}
