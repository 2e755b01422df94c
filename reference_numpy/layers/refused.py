"""What layers and models have in Keras and not here, each name with the reason."""

from reference_numpy.dtype_policies import QUANTIZATION

_BACKEND = "it belongs to the compilers of Keras's backends"
_COMPILED = "`get_compile_config()` says how the model was compiled"
_METRICS = "metrics are a model's, which `compile` is given"
_PARTS = (
    "a step's loss needs what travels beside the predictions (masks, the logits before a last "
    "softmax). `test_on_batch` gives the loss, and in a loop of one's own a loss object does"
)
_STATE = "`get_weights` and `set_weights` give and take the weights"

OF_LAYERS = {
    "add_loss": "a penalty on the output is the layer's `activity_regularizer`",
    "add_variable": "use `add_weight`",
    "build_from_config": "use `build` with what `get_build_config` gives",
    "call": "use `forward`, which also returns what `backward` needs",
    "call_signature_parameters": "the arguments are those of `forward`",
    "compute_output_spec": "use `compute_output_shape`",
    "input_dtype": "inputs are taken in the `compute_dtype`",
    "losses": "the penalties are added up by a model",
    "path": "a layer knows its name, not where in a model it stands",
    "symbolic_call": "call the layer itself on symbolic tensors",
    **dict.fromkeys(["add_metric", "metrics", "metrics_variables"], _METRICS),
    **dict.fromkeys(["load_own_variables", "save_own_variables", "stateless_call"], _STATE),
    **dict.fromkeys(["quantize", "quantized_build", "quantized_call"], QUANTIZATION),
    "quantization_mode": QUANTIZATION,
    **dict.fromkeys(["rematerialized_call", "supports_jit"], _BACKEND),
}
OF_MODELS = {
    "export": "save the model, load the file in Keras, and export it there",
    "get_quantization_layer_structure": QUANTIZATION,
    "predict_step": "use `predict_on_batch`",
    **dict.fromkeys(["compiled_loss", "compiled_metrics", "loss"], _COMPILED),
    **dict.fromkeys(["jit_compile", "run_eagerly", "steps_per_execution"], _COMPILED),
    **dict.fromkeys(["compute_loss", "compute_metrics", "stateless_compute_loss"], _PARTS),
    **dict.fromkeys(["distribute_reduction_method", "distribute_strategy"], _BACKEND),
    **dict.fromkeys(["get_state_tree", "set_state_tree"], _STATE),
    **dict.fromkeys([f"make_{kind}_function" for kind in ("predict", "test", "train")], _BACKEND),
    **dict.fromkeys([f"{kind}_function" for kind in ("predict", "test", "train")], _BACKEND),
    "unrolled_steps_per_execution": _BACKEND,
}


class Unsupported(AttributeError, NotImplementedError):
    """An attribute of Keras's that is left out on purpose: `hasattr` says that it is not there."""


class Refused:
    """Stands in the place of an attribute and tells whoever asks for it why it is not there.

    Args:
        name: the attribute's name.
        reason: why, or what to use instead.
    """

    def __init__(self, name, reason):
        self.name, self.reason = name, reason

    def __get__(self, layer, owner=None):
        if layer is None:
            return self
        raise Unsupported(
            f"`{self.name}` of '{layer.name}' ({type(layer).__name__}) is not supported: "
            f"{self.reason.rstrip('.')}."
        )


def refuse_attributes(reasons):
    """Decorate a class with the attributes that it refuses: `{name: reason}`."""

    def decorate(cls):
        for name, reason in reasons.items():
            setattr(cls, name, Refused(name, reason))
        return cls

    return decorate
