"""Compiling, and the single step of training and of evaluation."""

import warnings
from typing import Any

import numpy as np

from reference_numpy import optimizers, tree
from reference_numpy.kernels.memory import forward_alone
from reference_numpy.layers import penalties
from reference_numpy.layers.signatures import signature
from reference_numpy.models.compile_loss import Average, CompileLoss, check_target
from reference_numpy.models.compile_metrics import CompileMetrics
from reference_numpy.models.heads import Heads
from reference_numpy.models.mistakes import tell_of_a_row_left_over, tell_of_mistakes
from reference_numpy.models.nan_source import nan_source
from reference_numpy.serialization import check_names, deserialize, serialize


class Steps:
    """What a model needs to be trained, and one step of it.

    The loss of a step is

        L = Σ_k w_k L_k(t_k, y_k) + Σ R(W) + Σ A(h) / batch

    over the outputs' losses, the regularizers of trained weights and the activity regularizers;
    its gradient goes back through the graph, the optimizer moves the weights, and constraints
    project them.
    """

    def init_training(self):
        """The state of a model that is not compiled."""
        self.compiled = False
        self.optimizer = self.compile_loss = self.compile_metrics = None
        self.history = self._heads = self._optimizer_plan = None
        self.stop_training = self.stop_evaluating = self.stop_predicting = False
        self._told_of_nan = self._looked_for_mistakes = self._looked_at_a_row = False

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: bool | str = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Say how the model is to be trained.

        Args:
            optimizer: a name, a config or an optimizer.
            loss: a loss, or a list or dictionary of losses for several outputs.
            loss_weights: factors of the losses in the total, in the same structure.
            metrics: list of metrics; for several outputs a list or dictionary of lists.
            weighted_metrics: the same for metrics that take sample weights into account.
            run_eagerly, steps_per_execution, jit_compile: kept for Keras's files; they say how
                a backend runs, not what is computed.
            auto_scale_loss: whether a model in `mixed_float16` gets a `LossScaleOptimizer`.

        Raises:
            ValueError: for unknown names; losses and metrics that do not match the outputs are
                found with the first batch.
        """
        self.optimizer = given = optimizers.get(optimizer)
        if auto_scale_loss and given is not None and self.dtype_policy.name == "mixed_float16":
            self.ensure_loss_scale()
        self.compile_loss = CompileLoss(loss, loss_weights) if loss is not None else None
        has_metrics = metrics is not None or weighted_metrics is not None
        self.compile_metrics = CompileMetrics(metrics, weighted_metrics) if has_metrics else None
        self.loss_average = Average("loss")
        self._heads = self._optimizer_plan = None
        self._looked_for_mistakes = False
        self.compiled = True
        self.compile_arguments = {
            "optimizer": given,
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": False if jit_compile == "auto" else jit_compile,
        }

    def ensure_loss_scale(self):
        """Put the optimizer into a `LossScaleOptimizer`, unless it is one."""
        if not isinstance(self.optimizer, optimizers.LossScaleOptimizer):
            self.optimizer = optimizers.LossScaleOptimizer(self.optimizer)

    def get_compile_config(self):
        """What `compile` was given, as plain values; empty for a model that is not compiled."""
        return serialize(self.compile_arguments) if self.compiled else {}

    def compile_from_config(self, config):
        """Compile as `get_compile_config` says."""
        check_names("compile", signature(self.compile).parameters, config)
        self.compile(**deserialize(config))

    def build_optimizer(self, records=None):
        """Create the optimizer's state, for the weights that are trainable now or for others."""
        plan = self.graph.plan(False)
        if not self.optimizer.built:
            records = plan.records if records is None else records
            weights = [record.value for record in records]
            constraints = [record.constraint for record in records]
            self.optimizer.build(weights, self.weight_paths(records), constraints)
            self._optimizer_plan = plan if records == plan.records else None
        return plan

    def _check_compiled(self, method):
        if not self.compiled:
            raise ValueError(
                f"You must call `compile()` before using `{method}()` of model '{self.name}'."
            )
        if self.optimizer is None and method in ("fit", "train_on_batch"):
            raise ValueError(
                f"Model '{self.name}' was compiled without an optimizer, which `{method}()` needs."
            )

    # Steps

    def train_step(self, x, y=None, sample_weight=None):
        """Forward, loss, backward, and one step of the optimizer."""
        # Numbers that grow too large end in a loss that is NaN, which is told in one line.
        with np.errstate(over="ignore", invalid="ignore"):
            self._train_step(x, y, sample_weight)

    def _train_step(self, x, y, sample_weight):
        graph, cache, dys = self._forward_step(x, y, sample_weight, training=True)
        scale = self.optimizer.scale_loss(1.0)
        if scale != 1.0:
            dys = [dy if dy is None else dy * scale for dy in dys]
        with penalties.weighed(scale):
            _, grads = graph.backward(dys, cache, input_gradient=False)
        plan = self.build_optimizer()
        for index, record in enumerate(plan.records):
            if record.regularizer is not None:
                own = record.regularizer.gradient(record.value) * scale
                grads[index] = own if grads[index] is None else grads[index] + own
        if plan.records and self.trainable:
            # Without naming them the optimizer takes all that it was built for: a little quicker.
            built = plan is self._optimizer_plan
            weights = None if built else [record.value for record in plan.records]
            self.optimizer.apply(grads, weights)

    def test_step(self, x, y=None, sample_weight=None):
        """Forward in inference mode, and the loss."""
        self._forward_step(x, y, sample_weight, training=False)

    def _forward_step(self, x, y, sample_weight, training):
        """Run a batch and count its loss and metrics; returns graph, cache and dys."""
        flat = self.flat_inputs(x)
        targets = self._beside_outputs(y, "y")
        weights = self._beside_outputs(sample_weight, "sample_weight")
        heads = self._find_heads(flat, targets, training)
        with penalties.collected() as penalty, forward_alone(not training):
            outputs, cache = heads.graph.forward(flat, None, training)
        masks = cache.output_masks
        batch = len(next(leaf for leaf in flat if leaf is not None))
        if training and not self._looked_for_mistakes:
            self._looked_for_mistakes, self._looked_at_a_row = True, batch == 1
            tell_of_mistakes(self, flat, targets, outputs)
        elif training and batch == 1 and not self._looked_at_a_row:
            self._looked_at_a_row = True
            tell_of_a_row_left_over(self)
        found = [heads.at(index, masks) for index in range(len(targets))]
        loss, dys = self._losses(targets, outputs, masks, weights, found)
        loss += penalty.value
        for record in self.graph.plan(False).records:
            if record.regularizer is not None:
                loss += record.regularizer(record.value)
        if np.isnan(loss) and not self._told_of_nan:
            self._tell_of_nan(heads.graph, flat, training)
        self.loss_average.update_state(loss, batch)
        if self.compile_metrics is not None:
            self.compile_metrics.update_state(targets, outputs, weights, masks, found)
        return heads.graph, cache, dys

    def _tell_of_nan(self, graph, flat, training):
        self._told_of_nan = True
        when = f"step {self.optimizer.iterations + 1} of training" if training else "evaluation"
        warnings.warn(
            f"The loss of model '{self.name}' is NaN in {when}: "
            f"{nan_source(self, graph, flat, training)}.",
            stacklevel=2,
        )

    def _losses(self, targets, outputs, masks, weights, heads):
        """The weighted sum of the losses, and its gradient by every output of the graph."""
        total, dys = 0.0, [None] * len(outputs)
        for term in self.compile_loss.terms if self.compile_loss else ():
            index = term.index
            check_target(targets[index], term.name, "loss")
            loss, place, head = term.loss, index, heads[index]
            if head is not None and loss in head.losses:
                loss, place = head.losses[loss], head.position
            y = outputs[place].astype(loss.compute_dtype, copy=False)
            value, dy = loss.value_and_gradient(targets[index], y, weights[index], masks[index])
            if term.average is not None:
                term.average.update_state(value, len(y))
            if term.weight is not None:
                value, dy = value * term.weight, dy * term.weight
            total = total + value
            dys[place] = dy if dys[place] is None else dys[place] + dy
        return total, dys

    def _find_heads(self, flat, targets, training):
        """The graph with the logits that losses and metrics take; made once."""
        if self._heads is None or self._heads["graph"] is not self.graph:
            self._match_outputs(flat, targets)
            self._heads = {"graph": self.graph}
        if training not in self._heads:
            wanted = [{} for _ in self.outputs]
            for term in self.compile_loss.terms if self.compile_loss else ():
                wanted[term.index][term.loss] = term.loss
            for index, output in enumerate(self.outputs if self.compile_metrics else ()):
                wanted[index].update(self.compile_metrics.functions(index, output.dtype))
            self._heads[training] = Heads(self.graph, wanted, training)
        return self._heads[training].refresh()

    def _match_outputs(self, flat, targets):
        """Match losses and metrics with the outputs, whose shapes the inputs tell."""
        places = tree.pack_like(self.output_structure, range(len(self.outputs)))
        single = len(self.outputs) == 1 and not isinstance(places, dict)
        places = tree.flatten(places)[0] if single else places
        shapes = self.graph.output_shapes([None if x is None else x.shape for x in flat])
        predictions = [_Shaped(shape) for shape in shapes]
        for part in (self.compile_loss, self.compile_metrics):
            if part is not None:
                part.output_names = self.output_names
                part.build(places, targets, predictions)
        terms = self.compile_loss.terms if self.compile_loss else []
        regularized = any(record.regularizer for record in self.trainable_records)
        if not terms and not regularized and not any(call.penalized for call in self.graph.calls):
            raise ValueError("No loss to compute. Provide a `loss` argument in `compile()`.")

    def _beside_outputs(self, values, name):
        """Targets or sample weights as a flat list beside the outputs, None where none is."""
        count = len(self.outputs)
        if values is None:
            return [None] * count
        if isinstance(values, np.ndarray):
            return (
                [values] * count
                if name == "sample_weight" or count == 1
                else self._fail(values, name)
            )
        if isinstance(values, dict):
            keys = self.output_structure
            keys = sorted(keys) if isinstance(keys, dict) else self.output_names
            if not set(values) <= set(keys):
                self._fail(values, name)
            if len(keys) == count:
                return [values.get(key) for key in keys]
        leaves = tree.flatten(values)
        if len(leaves) == count:
            return leaves
        losses = self.compile_loss.losses_in_order(count) if self.compile_loss else [None] * count
        if sum(loss is not None for loss in losses) != len(leaves):
            self._fail(values, name)
        rest = iter(leaves)
        return [None if loss is None else next(rest) for loss in losses]

    def _fail(self, values, name):
        given = tree.map_structure(np.shape, values)
        keys = self.output_structure
        raise ValueError(
            f"The structure of `{name}` doesn't match the outputs of model '{self.name}', which "
            f"are {list(keys) if isinstance(keys, dict) else self.output_names}. Received arrays "
            f"of shapes: {given}"
        )

    # The log

    def reset_metrics(self):
        """Start counting losses and metrics anew."""
        self.loss_average.reset_state()
        for average in self.compile_loss.averages if self.compile_loss else ():
            average.reset_state()
        if self.compile_metrics is not None:
            self.compile_metrics.reset_state()

    def get_metrics_result(self):
        """The loss, the metrics and the single losses since `reset_metrics`, by name."""
        logs = {"loss": self.loss_average.result()}
        if self.compile_metrics is not None:
            logs.update(self.compile_metrics.result())
        for average in self.compile_loss.averages if self.compile_loss else ():
            logs[average.name] = average.result()
        return logs

    @property
    def metrics(self):
        """The metrics of the outputs; none before the first batch."""
        return self.compile_metrics.metrics if self.compile_metrics else []

    @property
    def metrics_names(self):
        """The names of the log as Keras lists them."""
        names = ["loss"] + ["compile_metrics"] * (self.compile_metrics is not None)
        return names + [a.name for a in (self.compile_loss.averages if self.compile_loss else ())]

    def _in_order(self, logs):
        """The values of the log in Keras's order; the loss alone if there is nothing else."""
        names = ["loss"]
        names += [m.name for m in (self.compile_metrics.metrics if self.compile_metrics else ())]
        names += [a.name for a in (self.compile_loss.averages if self.compile_loss else ())]
        values = [logs[name] for name in names if name in logs]
        values += [logs[name] for name in sorted(logs) if name not in names]
        return values[0] if len(values) == 1 else values


class _Shaped:
    """Stands for an output whose shape is all that is known yet."""

    def __init__(self, shape):
        self.shape = shape
