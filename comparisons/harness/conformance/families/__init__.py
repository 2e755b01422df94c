"""The kinds of Keras's objects that are judged, each with its table."""

from comparisons.harness.conformance.families import (
    activations,
    initializers,
    layers,
    losses,
    metrics,
    operations,
    optimizers,
    schedules,
    weights,
)

#: In the order of the report.
FAMILIES = {
    "layer": layers.FAMILY,
    "operation": operations.FAMILY,
    "activation": activations.FAMILY,
    "loss": losses.FAMILY,
    "metric": metrics.FAMILY,
    "optimizer": optimizers.FAMILY,
    "schedule": schedules.FAMILY,
    "initializer": initializers.FAMILY,
    "regularizer": weights.REGULARIZER,
    "constraint": weights.CONSTRAINT,
}
