"""Proof that the checks can fail: faults planted in the reference are each caught.

A fault is a change of one expression in the source of a method or function, as a slip of the pen
would be. The ladder of proof is then climbed as ever; calculus catches a backward pass that is not
the derivative of its forward pass, Keras a forward pass that is not the layer.
"""

import importlib
import inspect
import sys
import textwrap
from dataclasses import dataclass

import pytest

from comparisons.harness import backends
from comparisons.harness.conformance.layer_cases.case import Case
from comparisons.harness.conformance.references import build_keras_layer, make_reference
from comparisons.harness.proof import checks
from comparisons.harness.proof.layer_checks import keras_quantities


@dataclass(frozen=True)
class Fault:
    """A slip: in `place` (module, then class and method, or function) `right` became `wrong`."""

    title: str
    case: Case
    place: str
    right: str
    wrong: str

    def plant(self, monkeypatch):
        """Put the faulty code in the place of the right one."""
        module_name, _, path = self.place.partition(":")
        module = importlib.import_module(f"reference_numpy.{module_name}")
        owner = module
        *outer, name = path.split(".")
        for part in outer:
            owner = getattr(owner, part)
        source = textwrap.dedent(inspect.getsource(inspect.unwrap(vars(owner)[name])))
        assert source.count(self.right) == 1, f"{self.title}: the source has changed:\n{source}"
        namespace = {}
        exec(source.replace(self.right, self.wrong), vars(module), namespace)
        faulty, right = namespace[name], vars(owner)[name]
        if owner is module:
            for user in list(sys.modules.values()):  # also those that imported it by name
                if vars(user).get(name) is right:
                    monkeypatch.setattr(user, name, faulty)
        else:
            # A layer's method is wrapped by the base; a subclass has that done.
            monkeypatch.setattr(owner, name, vars(type(name, (owner,), {name: faulty}))[name])


DENSE = Case("Dense", {"units": 3}, (4, 5))
NORMALIZATION = Case("BatchNormalization", {}, (6, 3), training=(True,))
LAYER_NORMALIZATION = Case("LayerNormalization", {}, (4, 5))
CONVOLUTION = Case("Conv2D", {"filters": 3, "kernel_size": 2, "strides": 2}, (2, 5, 5, 2))
LSTM_CELL = Case(
    "RNN",
    {
        "cell": {
            "module": "keras.layers",
            "class_name": "LSTMCell",
            "config": {"units": 3, "dtype": "float64"},
            "registered_name": None,
        }
    },
    (2, 4, 3),
)
SOFTMAX = Case("Activation", {"activation": "softmax"}, (3, 4))
DROPOUT = Case("Dropout", {"rate": 0.4}, (8, 8), training=(True,))

FAULTS = [
    Fault(
        "wrong axis: the bias gradient of Dense",
        DENSE,
        "layers.core.dense:Dense.backward",
        "np.ones(len(dz), dz.dtype) @ dz",
        "(dz @ np.ones(dz.shape[1], dz.dtype))[: self.units]",
    ),
    Fault(
        "dropped term: the statistics' part of BatchNormalization's gradient",
        NORMALIZATION,
        "layers.normalization.batch_normalization:BatchNormalization.backward",
        "dx += centred",
        "dx += 0 * centred",
    ),
    Fault(
        "biased variance: n - 1 in BatchNormalization",
        NORMALIZATION,
        "layers.normalization.batch_normalization:_moments",
        "return mean, channel_sums(centred, centred) / count, count\n    count",
        "return mean, channel_sums(centred, centred) / (count - 1), count\n    count",
    ),
    Fault(
        "dropped term: the sum in softmax's gradient",
        SOFTMAX,
        "activations.normalized:Softmax.backward",
        "dx -= cache * total(dx, axis)",
        "pass",
    ),
    Fault(
        "swapped gate: an LSTM cell whose forget and input gates change places",
        LSTM_CELL,
        "layers.rnn.gates:lstm_gates",
        "z_i, z_f, z_g, z_o = np.split",
        "z_f, z_i, z_g, z_o = np.split",
    ),
    Fault(
        "dropped factor: an LSTM cell whose memory is not forgotten on the way back",
        LSTM_CELL,
        "layers.rnn.gates:lstm_gates_backward",
        "recurrent_activation.backward(dc * c, f_cache)",
        "recurrent_activation.backward(dc, f_cache)",
    ),
    Fault(
        "missing scale: dropout that does not make up for what it drops",
        DROPOUT,
        "random:SeedGenerator.keep_mask",
        "1.0 / (1.0 - rate)",
        "1.0",
    ),
    Fault(
        "missing flip: a convolution's input gradient by the kernel as it is",
        Case("Conv2D", {"filters": 16, "kernel_size": 3}, (2, 14, 14, 16)),
        "kernels.convolution:conv_input_gradient",
        "np.flip(kernel, range(kernel.ndim - 2))",
        "kernel",
    ),
    Fault(
        "missing flip: the input gradient of few channels, whose arrays lie row by row",
        Case("Conv2D", {"filters": 2, "kernel_size": 3}, (2, 30, 30, 2)),
        "kernels.rows_first:conv_input_gradient",
        "kernel[::-1]",
        "kernel",
    ),
]


@pytest.fixture(scope="module")
def backend():
    return backends.load("tensorflow")


def failures(backend, case):
    """The records of rungs 1 and 2 that fail."""
    (training,) = case.training
    reference = make_reference(case, "float64", training)
    records = reference.calculus(case.id)
    ours = reference.quantities()
    scale = checks.scales(reference.quantities, ours)
    theirs = keras_quantities(backend, build_keras_layer(case, "float64"), reference)
    records += checks.compare_all(case.id, "keras-tensorflow", "float64", ours, theirs, scale)
    return [str(record) for record in records if not record.passed]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.title for fault in FAULTS])
def test_the_fault_is_caught(backend, monkeypatch, fault):
    assert not failures(backend, fault.case), "fails even without the fault"
    fault.plant(monkeypatch)
    assert failures(backend, fault.case), "the fault went unnoticed"
