"""What float32 leaves of a slope that is all but 0 is no finding."""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.check.findings import findings, judge, plain
from comparisons.harness.check.questions import ask
from comparisons.harness.check.subject import Subject
from reference_numpy import layers


@pytest.mark.parametrize("kind", [layers.Softmax, layers.LSTM, layers.GRU])
def test_what_the_precision_costs_is_no_finding(tmp_path, kind):
    """Softmax that is saturated has a gradient of what rounding leaves of one less nearly one.

    So have gates; where the fused layers round theirs well by luck, others do not.
    """
    x = np.array([[0.0, 20.0], [17.0, 0.0], [0.0, 19.5]])
    gradient = "gradient of input 0"
    model = rn.Sequential([rn.Input((2,)), layers.Softmax()])
    if kind is not layers.Softmax:
        x, gradient = np.array([[[10.6]]]), "gradient of weight 0 (kernel)"
        model = rn.Sequential([rn.Input((1, 1)), kind(1, kernel_initializer="ones")])
    model.save(tmp_path / "m.keras")
    subject = Subject(tmp_path / "m.keras", tmp_path)
    oracle, twin = subject.oracle("float32"), subject.twin()
    asked = next(ask(oracle, twin, x, False, True, "float32"))
    error = np.abs(asked.by_twin[gradient] - asked.quantities[gradient]).max()
    assert error > 64 * 2.0**-24 * asked.scale[gradient]

    def found(wrong):
        theirs = {**asked.by_twin, gradient: asked.by_twin[gradient] + np.float32(wrong)}
        judged = judge(asked, theirs, "jax", "float32")
        return [one for one, _ in findings(judged, "jax", "float32", "")]

    assert not found(0.0) and not found(10 * error)
    assert [one.quantity for one in found(20 * error)] == [f"{plain(gradient)}, "]
