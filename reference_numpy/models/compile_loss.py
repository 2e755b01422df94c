"""The losses that `compile` was given, matched with the model's outputs."""

from dataclasses import dataclass

from reference_numpy import losses, tree

#: names of losses that are chosen by the shapes of targets and outputs
BY_SHAPE = ("crossentropy", "ce")


class Average:
    """The mean of numbers, each with a weight: what the log shows of a loss."""

    def __init__(self, name):
        self.name = name
        self.reset_state()

    def reset_state(self):
        """Forget everything."""
        self.total, self.count = 0.0, 0

    def update_state(self, value, weight):
        """Add `value` with `weight`."""
        self.total += float(value) * weight
        self.count += weight

    def result(self):
        """The mean; 0 of nothing."""
        return self.total / self.count if self.count else 0.0


@dataclass(eq=False)
class Term:
    """One loss of one output.

    Args:
        index: the output's place in the flat list of outputs.
        loss: the loss.
        weight: its factor in the total, or None.
        name: name of the output, for the log.
    """

    index: int
    loss: object
    weight: float | None
    name: str
    average: Average | None = None


@dataclass(eq=False)
class _Declared:
    """A loss as the user named it, with its weight; a leaf of a structure."""

    identifier: object
    weight: float | None


class CompileLoss:
    """The sum of the losses of a model's outputs, each times its weight.

    Args:
        loss: a loss (name, object or function) for every output, or a list or dictionary that
            names one for each; None where an output has none.
        loss_weights: a number for each loss, in the same structure.
        output_names: names of the model's outputs.

    Raises:
        ValueError: for losses that do not match the outputs, weights that are no numbers.
    """

    def __init__(self, loss, loss_weights=None, output_names=None):
        if loss_weights and not isinstance(loss_weights, (list, tuple, dict, float)):
            raise ValueError(
                "Expected `loss_weights` to be a float (single output) or a list, tuple or dict "
                f"(several outputs). Received: loss_weights={loss_weights!r}"
            )
        if any(isinstance(weight, str) for weight in tree.flatten(loss_weights)):
            raise ValueError(
                "`loss_weights`, the third argument of `compile`, holds a number for each loss; "
                f"metrics are given as `metrics=`. Received: loss_weights={loss_weights!r}"
            )
        for name in tree.flatten(loss):
            if isinstance(name, str) and name.lower() not in BY_SHAPE:
                losses.get(name)  # an unknown one is to be known at once
        self.loss, self.loss_weights, self.output_names = loss, loss_weights, output_names
        self.terms = None

    @property
    def averages(self):
        """The averages of the single losses, where there are several."""
        terms = self.terms or []
        return [term.average for term in terms] if len(terms) > 1 else []

    def build(self, structure, y_true, y_pred):
        """Match losses and outputs.

        Args:
            structure: structure of the outputs whose leaves are their places.
            y_true: flat list of targets, beside the outputs (None where there is none).
            y_pred: flat list of outputs.
        """
        self.terms = []
        declared = self._declare(structure)
        for index, identifier, weight, name in self._match(declared, structure, ()):
            if identifier is None:
                continue
            check_target(y_true[index], name or index, "loss")
            loss = get_loss(identifier, y_true[index], y_pred[index])
            if loss.reduction in (None, "none"):
                raise ValueError(
                    f"The loss '{loss.name}' of the output '{name or index}' has the reduction "
                    f"{loss.reduction!r}: a model is trained with one number."
                )
            name = loss.name if name is None else name
            self.terms.append(Term(index, loss, weight, name, average=Average(f"{name}_loss")))
        return self

    def losses_in_order(self, count):
        """For each of `count` outputs the loss that was named for it; to match targets with."""
        flat = tree.flatten(self.loss) if isinstance(self.loss, (list, tuple, dict)) else None
        return flat if flat is not None and len(flat) == count else [self.loss] * count

    def _declare(self, structure):
        loss, weights, names = self.loss, self.loss_weights, self.output_names
        if isinstance(loss, dict) and isinstance(weights, dict) and set(loss) != set(weights):
            raise ValueError(
                f"Expected keys {list(loss)} in `loss_weights`, the keys of the losses. Received: "
                f"loss_weights={weights}"
            )
        if isinstance(loss, dict) and not isinstance(structure, dict) and names:
            if set(loss) != set(names):
                raise ValueError(
                    f"Expected keys {names} in loss dict, but found loss.keys()={list(loss)}"
                )
            loss = [loss[name] for name in names]
            if isinstance(weights, dict):
                weights = [weights[name] for name in names]
        flat = tree.flatten(loss)
        flat_weights = [None] * len(flat) if weights is None else tree.flatten(weights)
        if len(flat) != len(flat_weights):
            raise ValueError(
                f"`loss_weights` must match the number of losses, got {len(flat)} losses and "
                f"{len(flat_weights)} weights."
            )
        if isinstance(weights, dict) and isinstance(loss, dict):
            flat_weights = [weights[key] for key in sorted(loss)]
        return tree.pack_like(loss, map(_Declared, flat, flat_weights))

    def _match(self, declared, structure, path):
        """Yield `(place, identifier, weight, name)` for every output that has a loss."""
        if isinstance(declared, _Declared):
            if isinstance(structure, int):
                name = self._name(structure, path)
                yield structure, declared.identifier, declared.weight, name
                return
            # One loss for all that is below it.
            inner = structure.items() if isinstance(structure, dict) else enumerate(structure)
            for key, part in inner:
                yield from self._match(declared, part, (*path, key))
            return
        places = tree.flatten(structure)
        if isinstance(declared, dict):
            if not isinstance(structure, dict) or not set(declared) <= set(structure):
                known = list(structure) if isinstance(structure, dict) else self.output_names
                raise ValueError(
                    f"The `loss` names the outputs {list(declared)}, but the model's outputs are "
                    f"{known}."
                )
            for key, part in declared.items():
                yield from self._match(part, structure[key], (*path, key))
        elif len(declared) == len(places) and all(isinstance(d, _Declared) for d in declared):
            yield from self._match_flat(declared, structure, path)
        elif isinstance(structure, (list, tuple)) and len(declared) == len(structure):
            for key, (part, inner) in enumerate(zip(declared, structure, strict=True)):
                yield from self._match(part, inner, (*path, key))
        else:
            raise ValueError(
                f"The `loss` has {len(declared)} entries, but the model has {len(places)} outputs."
            )

    def _match_flat(self, declared, structure, path):
        if isinstance(structure, dict):
            for key, part in zip(sorted(structure), declared, strict=True):
                yield from self._match(part, structure[key], (*path, key))
            return
        for index, part in zip(tree.flatten(structure), declared, strict=True):
            yield index, part.identifier, part.weight, self._name(index, path)

    def _name(self, index, path):
        """The output's name in the log: its key in a dictionary, else its layer's name."""
        keys = [str(key) for key in path]
        if path and not isinstance(path[-1], int):
            return "/".join(keys)
        own = self.output_names[index] if self.output_names else None
        return "/".join([*keys[:-1], own]) if own is not None and keys[:-1] else own


def check_target(y_true, output, what):
    """Raise ValueError if an output that has a loss or a metric has no targets."""
    if y_true is None:
        raise ValueError(f"The output '{output}' has a {what}, but no targets `y` were given.")


def get_loss(identifier, y_true, y_pred):
    """A loss from what `compile` takes; `"crossentropy"` by the shapes."""
    if str(identifier).lower() in BY_SHAPE:
        kind = kind_by_shape(y_true, y_pred)
        identifier = f"{kind}_crossentropy"
    return losses.get(identifier)


def kind_by_shape(y_true, y_pred):
    """`"binary"`, `"sparse_categorical"` or `"categorical"`: which kind of labels these are."""
    if y_pred.shape[-1] == 1:
        return "binary"
    fewer_axes = len(y_true.shape) < len(y_pred.shape)
    return "sparse_categorical" if fewer_axes or y_true.shape[-1] == 1 else "categorical"
