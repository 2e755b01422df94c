"""Smaller computations that may show what a backend does otherwise when it trains a model.

They are the optimizer on one weight, the layer of that weight beside the mean squared error, and
the last layers with the loss: the smallest first.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

import reference_numpy as rn
from comparisons.harness.check.script import (
    WEIGHTS,
    Numbers,
    Sketch,
    construction,
    drawn_weights,
    expression,
    telling,
)
from comparisons.harness.proof import checks
from comparisons.harness.proof.calls import LayerCall, layer_calls
from comparisons.harness.proof.precision import reference_precision
from reference_numpy.layers.layer import Layer
from reference_numpy.models.model import Model

DRAWING = ("rate", "dropout", "recurrent_dropout", "stddev")  # what a layer that draws has

READ = (
    'path = tempfile.mkdtemp() + "/model.keras"',
    "model.save(path)",
    "model = keras.saving.load_model(path)",
)
SIZES = {"units", "input_dim", "output_dim"}


@dataclass(frozen=True)
class Smaller:
    """A difference in the training of a model.

    Args:
        model: the oracle's, compiled, before its first step.
        x, y: the batch.
        steps: the number of steps that show it.
        weight: number of the weight that differs; None where it is the loss.
        backend, dtype: where it differs.
    """

    model: Model
    x: object
    y: object
    steps: int
    weight: int | None
    backend: str
    dtype: str

    def sketches(self) -> Iterator[Sketch]:
        """The computations, one after another."""
        calls = layer_calls(self.model, self.x)
        if self.weight is not None:
            yield from self._of_optimizer()
            yield from self._of_layer(calls)
        yield from self._of_last_layers(calls)

    def _of_optimizer(self) -> Iterator[Sketch]:
        """The steps of the weight by its gradients: of its fastest entry, then of all."""
        start, gradients = self.model.weights[self.weight].copy(), self._gradients()
        if not gradients:
            return
        fastest = np.unravel_index(np.abs(gradients[0]).argmax(), start.shape)
        alone = [start[fastest].reshape(1)], [g[fastest].reshape(1) for g in gradients]
        for weight, steps in (
            (alone[0][0], alone[1]),
            (np.zeros(1), alone[1]),  # beside a large weight a small difference is not seen
            (start, gradients),
        ):
            yield self._stepped(self._rounded(weight), [self._rounded(g) for g in steps])

    def _gradients(self) -> list[np.ndarray]:
        """The gradients of the weight, step by step; none where it has none."""
        model, seen = self.model, []
        records, wanted = model.graph.plan(False).records, model.weight_records[self.weight]
        places = [place for place, record in enumerate(records) if record is wanted]
        apply = model.optimizer.apply

        def noting(gradients, weights=None):
            found = [gradients[place] for place in places]
            seen.extend(np.array(gradient) for gradient in found if gradient is not None)
            apply(gradients, weights)

        before, model.optimizer.apply = model.get_weights(), noting
        with reference_precision("float64"):
            for _ in range(self.steps):
                model.train_on_batch(self.x, self.y)
        del model.optimizer.apply
        model.set_weights(before)
        return seen

    def _stepped(self, start: np.ndarray, gradients: list[np.ndarray]) -> Sketch:
        made, text = self._optimizer()

        def quantities(jitter=lambda array: array):
            optimizer, weight = made(), jitter(start.astype("float64"))
            for gradient in gradients:
                optimizer.apply([jitter(gradient.astype("float64"))], [weight])
            return {"weight": weight}

        name = type(self.model.optimizer).__name__
        lines = [f"weight = keras.Variable({Numbers(start)})", f"optimizer = {text}"]
        if len(gradients) == 1:
            lines += [f"gradient = keras.ops.convert_to_tensor({Numbers(gradients[0])})"]
            lines += ["optimizer.apply([gradient], [weight])"]
        else:
            lines += [f"for gradient in {Numbers(np.stack(gradients))}:"]
            lines += ["    gradient = keras.ops.convert_to_tensor(gradient)"]
            lines += ["    optimizer.apply([gradient], [weight])"]
        return self._sketch(name, f"weight{self._after}", lines, "weight", quantities)

    def _optimizer(self) -> tuple[Callable[[], rn.optimizers.Optimizer], str]:
        """A function that makes the model's optimizer anew, and the call that makes Keras's."""
        kind = type(self.model.optimizer)
        usual, config = (_short(one.get_config()) for one in (kind(), self.model.optimizer))
        config = {name: x for name, x in config.items() if name != "name" and x != usual[name]}

        def made():
            with reference_precision("float64"):
                return kind.from_config(config)

        return made, construction("keras.optimizers", kind.__name__, config)

    def _of_layer(self, calls: list[LayerCall]) -> Iterator[Sketch]:
        """The layer of the weight, which learns to give zeros."""
        wanted = self.model.weight_records[self.weight]
        for call in calls:
            places = [n for n, r in enumerate(call.layer.weight_records) if r is wanted]
            if places and _is_plain(call) and not _draws(call.layer):
                (x,), (place,) = call.inputs, places
                layer, own = call.layer, call.layer.get_weights()
                for made, batch, weights, saved in (
                    (_least(layer), _few(x), None, False),
                    (_least(layer), _few(x), None, True),
                    (layer, _few(x), None, False),
                    (layer, x[:1], own, False),
                    (layer, x, own, False),
                ):
                    y = np.zeros_like(made(batch))
                    yield self._trained([made], batch, y, "mse", weights, place, saved)
                return

    def _of_last_layers(self, calls: list[LayerCall]) -> Iterator[Sketch]:
        """The last activation function, then more and more layers, with the model's loss."""
        loss = self._loss()
        if loss is None or not isinstance(self.y, np.ndarray):
            return
        layers, after = [], None
        for call in reversed(calls):
            if not _is_plain(call) or (after and call.outputs is not after.inputs[0]):
                return
            (x,), layer, after = call.inputs, call.layer, call
            if _draws(layer):
                if layer.weights:
                    return
                continue
            if not layers and hasattr(layer, "activation") and layer.weights:
                yield from self._ends([_activation(layer)], _before_activation(call), loss)
            layers = [layer, *layers]
            yield from self._ends(layers, x, loss)

    def _ends(self, layers: list[Layer], x: np.ndarray, loss) -> Iterator[Sketch]:
        """Layers with the loss on each sample, then on all."""
        weights = [w for layer in layers for w in layer.get_weights()]
        for rows in (*(slice(n, n + 1) for n in range(len(x))), slice(None)):
            yield self._trained(layers, x[rows], self.y[rows], loss, weights, None)
            if self.weight is not None and weights:
                yield self._trained(layers, x[rows], self.y[rows], loss, weights, 0)

    def _trained(
        self, layers: list[Layer], x, y, loss, weights, place: int | None, saved: bool = False
    ) -> Sketch:
        """A model of these layers after the steps; see `Part`."""
        configs = [(type(one).__name__, telling(type(one), one.get_config())) for one in layers]
        shapes = [w.shape for layer in layers for w in layer.get_weights()]
        start = drawn_weights(shapes) if weights is None else map(self._rounded, weights)
        part = Part(
            configs,
            self._rounded(x),
            self._rounded(y),
            loss,
            list(start),
            weights is None,
            any(getattr(layer, "stateful", False) for layer in layers),
            self._optimizer(),
            self.steps,
            place,
            saved,
        )
        title = " and ".join(dict.fromkeys(name for name, _ in configs))
        what = "loss" if place is None else "weight"
        if part.trained:
            what += self._after
        return self._sketch(title, what, part.lines(), part.call, part.quantities)

    def _sketch(self, title: str, quantity: str, lines: list[str], call: str, quantities) -> Sketch:
        with np.errstate(all="ignore"):
            (name, right), *_ = exact = list(quantities().items())
            scale = checks.scales(quantities, dict(exact))[name]
        tolerance = checks.FACTOR * checks.UNIT_ROUNDOFF[self.dtype] * scale
        what = self.backend, self.dtype, title, quantity
        return Sketch(*what, tuple(lines), call, right, tolerance)

    @property
    def _after(self) -> str:
        return f" after step {self.steps}"

    def _rounded(self, array: np.ndarray) -> np.ndarray:
        """The numbers as the backend is given them."""
        return array.astype(self.dtype) if array.dtype.kind == "f" else array

    def _loss(self):
        """The model's one loss, a name or the config of a class; None where it is no such one."""
        loss = self.model.get_compile_config()["loss"]
        if not isinstance(loss, dict):
            return loss if isinstance(loss, str) else None
        if loss.get("class_name") == "function":
            return loss["config"]
        kind = getattr(rn.losses, str(loss.get("class_name")), None)
        return kind and {**loss, "config": telling(kind, loss["config"])}


@dataclass(frozen=True)
class Part:
    """Layers one after another that are trained, in both halves.

    Args:
        configs: class and config of each layer.
        x, y: the batch.
        loss: its name or config.
        start: the weights before the first step.
        drawn: whether the script draws these.
        stateful: whether a layer keeps states.
        optimizer: a function that makes it, and the call that makes Keras's.
        steps: how many there are.
        place: of the weight that is looked at; None for the loss.
        saved: whether the model is read from a file before it is trained.
    """

    configs: list[tuple[str, dict]]
    x: np.ndarray
    y: np.ndarray
    loss: str | dict
    start: list[np.ndarray]
    drawn: bool
    stateful: bool
    optimizer: tuple[Callable[[], rn.optimizers.Optimizer], str]
    steps: int
    place: int | None
    saved: bool

    @property
    def trained(self) -> bool:
        """Whether there is anything to train; else it is the loss of the batch."""
        return bool(self.start)

    def quantities(self, jitter=lambda array: array) -> dict[str, np.ndarray]:
        """What is looked at by the NumPy half, the numbers that go in passed through `jitter`."""
        x, y = _wide(self.x), _wide(self.y)
        with reference_precision("float64"), warnings.catch_warnings(action="ignore"):
            layers = [
                rn.layers.deserialize({"class_name": name, "config": config})
                for name, config in self.configs
            ]
            first = rn.Input(batch_shape=x.shape, dtype=x.dtype.name)
            model = rn.Sequential([first, *layers])
            loss = self.loss if isinstance(self.loss, str) else rn.losses.deserialize(self.loss)
            model.compile(self.optimizer[0](), loss)
            model.set_weights([jitter(_wide(w)) for w in self.start])
            x = jitter(x)
            if not self.trained:
                return {"loss": np.array(model.test_on_batch(x, y))}
            losses = [model.train_on_batch(x, y) for _ in range(self.steps)]
        return {"found": np.array(losses[-1] if self.place is None else model.weights[self.place])}

    def lines(self) -> list[str]:
        """The lines before `call`."""
        shape = f"batch_shape={self.x.shape}" if self.stateful else self.x.shape[1:]
        floats = self.x.dtype.kind == "f"
        dtype = "" if floats else f', dtype="{self.x.dtype.name}"'
        layers = ", ".join(construction("keras.layers", *config) for config in self.configs)
        lines = [
            f"x = {Numbers(self.x)}",
            f"y = {Numbers(self.y)}",
            f"first = keras.Input({shape}{dtype})",
            f"model = keras.Sequential([first, {layers}])",
        ]
        if not self.trained:
            return [*lines, f"model.compile(loss={expression(self.loss)})"]
        if self.drawn:
            lines += WEIGHTS.replace("layer", "model").splitlines()
        else:
            lines += [f"model.set_weights([{', '.join(map(str, map(Numbers, self.start)))}])"]
        lines += [f"model.compile({self.optimizer[1]}, {expression(self.loss)})"]
        lines += READ if self.saved else []
        step, count = "model.train_on_batch(x, y)", self.steps - (self.place is None)
        return lines + (
            [f"for _ in range({count}):", f"    {step}"] if count > 1 else [step] * count
        )

    @property
    def call(self) -> str:
        """What gives the loss or the weight."""
        if self.place is not None:
            return f"model.weights[{self.place}]"
        return f"model.{'train' if self.trained else 'test'}_on_batch(x, y)"


def _short(value):
    """A config with every number in as few digits as tell it from others of float32."""
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items()}
    return float(str(np.float32(value))) if isinstance(value, float) else value


def _wide(array: np.ndarray) -> np.ndarray:
    return array.astype("float64") if array.dtype.kind == "f" else array


def _is_plain(call: LayerCall) -> bool:
    """Whether it is a call on one array, on no mask, and on no state of a batch before."""
    return (
        isinstance(call.inputs[0], np.ndarray)
        and not getattr(call.layer, "stateful", False)
        and not call.names
        and not any(isinstance(option, np.ndarray) for option in call.options.values())
    )


def _draws(layer: Layer) -> bool:
    return any(getattr(layer, name, None) for name in DRAWING)


def _few(x: np.ndarray) -> np.ndarray:
    """The first sample; of integers two zeros, which are in every vocabulary."""
    return x[:1] if x.dtype.kind == "f" else np.zeros_like(x[(slice(1), slice(2))[: x.ndim]])


def _least(layer: Layer) -> Layer:
    """A layer of the kind that gives, and looks up, one number."""
    config = layer.get_config()
    return type(layer).from_config({**config, **dict.fromkeys(SIZES & config.keys(), 1)})


def _activation(layer: Layer) -> Layer:
    """A layer that is another's activation function and nothing else."""
    return rn.layers.Activation(layer.get_config()["activation"])


def _before_activation(call: LayerCall) -> np.ndarray:
    """What the layer gives its activation function."""
    layer = type(call.layer).from_config({**call.layer.get_config(), "activation": None})
    layer(call.inputs[0])
    layer.set_weights(call.layer.get_weights())
    return layer(call.inputs[0])
