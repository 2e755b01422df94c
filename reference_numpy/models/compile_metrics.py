"""The metrics that `compile` was given, matched with the model's outputs."""

from reference_numpy import metrics as metrics_module
from reference_numpy import tree
from reference_numpy.models.compile_loss import check_target, kind_by_shape


class CompileMetrics:
    """Metrics of a model's outputs, and their names in the log.

    Args:
        metrics: a list of metrics (names, objects, functions); with several outputs a list or a
            dictionary of such lists, one for each output.
        weighted_metrics: the same for metrics that take the sample weights into account.
        output_names: names of the model's outputs.

    Raises:
        ValueError: for metrics that do not match the outputs.
    """

    def __init__(self, metrics, weighted_metrics, output_names=None):
        for name, value in (("metrics", metrics), ("weighted_metrics", weighted_metrics)):
            if value and not isinstance(value, (list, tuple, dict)):
                raise ValueError(
                    f"Expected `{name}` argument to be a list, tuple, or dict. Received instead: "
                    f"{name}={value!r} of type {type(value)}"
                )
        self.declared = {"metrics": metrics, "weighted_metrics": weighted_metrics}
        self.output_names = output_names
        self.built = False

    def build(self, structure, y_true, y_pred):
        """Make the metrics.

        Args:
            structure: structure of the outputs whose leaves are their places.
            y_true: flat list of targets, beside the outputs (None where there is none).
            y_pred: flat list of outputs.
        """
        names = self._names(structure)
        self.plain, self.weighted = (
            [
                self._make(found, i, y_true[i], y_pred[i])
                for i, found in enumerate(self._per_output(argument, structure, names))
            ]
            for argument in ("metrics", "weighted_metrics")
        )
        self.prefixes = names if len(y_pred) > 1 else None
        self.keys = self._keys()
        self.built = True

    def _names(self, structure):
        """The outputs' names in the flat order; a dictionary's keys go before the layers'."""
        if isinstance(structure, dict) and len(tree.flatten(structure)) == len(structure):
            return sorted(structure)
        return self.output_names

    def _per_output(self, argument, structure, names):
        """For each output, in flat order, its list of metrics or None."""
        metrics, count = self.declared[argument], len(tree.flatten(structure))
        if not metrics:
            return [None] * count
        if count == 1:
            return [tree.flatten(metrics)]
        flat = isinstance(structure, (list, tuple, dict)) and len(structure) == count
        if flat and isinstance(metrics, (list, tuple)) and len(metrics) == count:
            # For a dictionary of outputs the list follows the names, sorted or the layers' own.
            found = list(metrics)
        elif flat and isinstance(metrics, dict) and set(metrics) <= set(names or ()):
            found = [metrics.get(name) for name in names]
        else:
            raise ValueError(
                f"Invalid `{argument}`: with several outputs it should be a list or a dictionary "
                f"with an entry for each of the outputs {names or count}. "
                f"Received: {argument}={metrics}"
            )
        return [m if m is None else list(m) if isinstance(m, (list, tuple)) else [m] for m in found]

    def _make(self, found, index, y_true, y_pred):
        """The metrics of one output; None where none are named for it."""
        if found:
            self._check_target(index, y_true)
        return found and [get_metric(metric, y_true, y_pred) for metric in found]

    def _check_target(self, index, y_true):
        check_target(y_true, self.output_names[index] if self.output_names else index, "metric")

    def _keys(self):
        """`(metric, its name in the log)`, in order; names that repeat are numbered."""
        keys, counts = [], {}
        for weighted, groups in ((False, self.plain), (True, self.weighted)):
            for index, group in enumerate(groups):
                prefix = f"{self.prefixes[index]}_" if self.prefixes else ""
                for metric in group or ():
                    name = f"{prefix}{metric.name}"
                    if weighted and name in counts:
                        name = f"{prefix}weighted_{metric.name}"
                    if name in counts:
                        counts[name] += 1
                        name = f"{name}_{counts[name] - 1}"
                    else:
                        counts[name] = 1
                    keys.append((metric, name))
        return keys

    @property
    def metrics(self):
        """All metrics in order; none before they are built."""
        return [metric for metric, _ in self.keys] if self.built else []

    def functions(self, index, dtype):
        """For each metric of an output what can be taken of its logits, in `dtype`, or None."""
        metrics = [*(self.plain[index] or ()), *(self.weighted[index] or ())]
        wrapper = metrics_module.MeanMetricWrapper
        return {m: m.function(dtype) if isinstance(m, wrapper) else None for m in metrics}

    def update_state(self, y_true, y_pred, sample_weight, masks, heads):
        """Take a batch into account.

        Args:
            y_true, sample_weight: flat lists beside the outputs.
            y_pred, masks: what the graph gave, the outputs first.
            heads: where the logits of each output are among them; see `Heads`.
        """
        for index, groups in enumerate(zip(self.plain, self.weighted)):
            for metrics, weight in zip(groups, (None, sample_weight[index])):
                for metric in metrics or ():
                    self._check_target(index, y_true[index])
                    head = heads[index]
                    exact = head is not None and metric in head.losses
                    y = y_pred[head.position if exact else index]
                    _update(metric, y_true[index], y, weight, masks[index], exact)

    def reset_state(self):
        """Forget everything."""
        for metric in self.metrics:
            metric.reset_state()

    def result(self):
        """The metrics' values by their names in the log."""
        return {name: metric.result() for metric, name in self.keys} if self.built else {}


def _update(metric, y_true, y_pred, sample_weight, mask, on_logits):
    options = {"on_logits": True} if on_logits else {}
    if mask is not None and isinstance(metric, metrics_module.MeanMetricWrapper):
        options["mask"] = mask  # as in Keras, the others do not look at masks
    try:
        metric.update_state(y_true, y_pred, sample_weight, **options)
    except ValueError as error:
        raise ValueError(
            f"Metric '{metric.name}' cannot take targets of shape {y_true.shape} beside outputs "
            f"of shape {y_pred.shape}: {error}"
        ) from None


def get_metric(identifier, y_true, y_pred):
    """A metric from what `compile` takes; `"accuracy"` by the shapes of targets and outputs."""
    if str(identifier).lower() in ("accuracy", "acc"):
        classes = {
            "binary": metrics_module.BinaryAccuracy,
            "categorical": metrics_module.CategoricalAccuracy,
            "sparse_categorical": metrics_module.SparseCategoricalAccuracy,
        }
        return classes[kind_by_shape(y_true, y_pred)](name=str(identifier))
    metric = metrics_module.get(identifier)
    if metric is None:
        raise ValueError("Expected a metric, received `None`.")
    if isinstance(identifier, str):
        metric.name = identifier
    return metric
