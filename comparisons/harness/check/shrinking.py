"""The search for the smallest call of a layer that still shows a finding.

Every candidate's lines are run by the backend itself, and what they give is judged as a check
judges.
"""

import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

import reference_numpy as rn
from comparisons.harness.check import unshown
from comparisons.harness.check.cases import (
    MASKS,
    NAMES,
    Case,
    OperationCase,
    Slot,
    function_of,
    masks_of,
)
from comparisons.harness.check.changing import changed, module_of
from comparisons.harness.check.findings import Judged, finding_of, judge
from comparisons.harness.check.questions import LOCAL, Asked, Place, Question
from comparisons.harness.check.script import Numbers, drawn_weights, telling
from comparisons.harness.check.smaller_calls import (
    CHANGES,
    with_drawn_weights,
    with_fitting_weights,
    with_fixed_factors,
)
from comparisons.harness.check.unshown import NotShown
from comparisons.harness.proof import checks
from comparisons.harness.proof.calls import CallReference, holds_masks, layer_at, members
from comparisons.harness.proof.layer_checks import Reference
from comparisons.harness.proof.precision import (
    computed_in,
    held_in,
    reference_precision,
    twin_precision,
)
from reference_numpy import tree
from reference_numpy.layers.layer import Layer
from reference_numpy.models.model import Model
from reference_numpy.operations import Operation

SECONDS = 30.0  # of the search for a smaller call


def enough_of(needed: float) -> float:
    """How far a smaller case is to miss its tolerance, to show the same and not the last bit."""
    return min(needed, 1e16) ** 0.5


def worst_entry(found: np.ndarray, exact: np.ndarray) -> tuple[int, ...]:
    """Where the two are the furthest apart; what is no number is further than any."""
    apart = np.abs(np.asarray(found, "float64") - exact)
    index = np.unravel_index(np.where(np.isnan(apart), np.inf, apart).argmax(), apart.shape)
    return tuple(map(int, index))


@dataclass(frozen=True)
class Shown:
    """A case that shows the difference.

    Args:
        case: the case.
        index: the worst entry.
        right: what the oracle says of it.
        tolerance: how far from it rounding may lead.
        needed: the difference in units of it.
    """

    case: Case
    index: tuple[int, ...]
    right: float
    tolerance: float
    needed: float


class Search:
    """The search for the smallest case; see `reproduce`."""

    def __init__(self, judged: Judged, backend: str, dtype: str, run: Callable[[str], object]):
        self.backend, self.dtype, self.run = backend, dtype, run
        self.computed = computed_in(dtype)
        self.asked, self.name = judged.asked, judged.name
        self.known = finding_of(judged, backend, dtype, "").known
        record = judged.record
        # Where all is zero, any error is infinitely many tolerances.
        self.enough = enough_of(record.needed) if record.tolerance else 1.0
        self.why = unshown.NOT_ALONE

    def smallest(self) -> Shown:
        """The smallest case found in the time there is.

        Raises:
            NotShown: not even the first shows it.
        """
        end = time.monotonic() + SECONDS
        shown, before = self._first_shown(self.firsts()), None
        if shown is None:
            raise NotShown(self.why)
        while shown is not before:
            before = shown
            for change in CHANGES:
                while smaller := self._first_shown(change(shown.case), end):
                    shown = smaller
        return shown

    def _first_shown(self, cases: Iterable[Case], end: float = math.inf) -> Shown | None:
        """The first of the cases that shows it, in the time there is."""
        for case in cases:
            if time.monotonic() > end:
                return None
            if shown := self._show(case):
                return shown
        return None

    def firsts(self) -> Iterator[Case]:
        """The call as it was asked; then with drawn weights, since zeros may hide what is wrong,
        or with factors that are not drawn, since a script draws others.

        Of the outputs it is the one that differs, or each in turn that is differentiated.

        Raises:
            NotShown: no script can repeat the call.
        """
        call = self.asked.reference
        gradient, layer, kind = self.name.startswith("gradient"), call.layer, Case
        name = type(layer).__name__
        if isinstance(layer, Model):
            if len(layer.graph.calls) > 1:
                raise NotShown(unshown.MANY)
            kind, layer = _operation_in(layer)
            name = function_of(type(layer))
        options = {n: x for n, x in call.options.items() if x is not None and x is not False}
        given = {n: options.pop(n) for n in list(options) if holds_masks({n: options[n]})}
        masks = tuple(masks_of(call.layer, call.argument_names, given))
        lengths = tuple(map(_length, call.inputs))
        inputs = tree.flatten(call.inputs)
        if len(inputs) > len(NAMES) or len(masks) > len(MASKS):
            raise NotShown(unshown.NO_CALL)
        for output in self._outputs():
            case = kind(
                self.backend,
                self.dtype,
                name,
                telling(type(layer), layer.get_config()),
                tuple(map(self._given, inputs)),
                lengths,
                call.argument_names,
                masks,
                options,
                tuple(map(self._given, call.start)),
                self._given(call.cotangents[output]) if gradient else None,
                output if len(call.cotangents) > 1 else None,
                self.name,
            )
            yield case
            yield from with_drawn_weights(case)
            yield from with_fixed_factors(case)

    def _outputs(self) -> list[int]:
        """The numbers of the outputs that are looked at, each by itself."""
        if self.name.startswith("gradient"):
            cotangents = self.asked.reference.cotangents
            return [number for number, dy in enumerate(cotangents) if dy is not None]
        kind, number, *_ = self.name.split()
        return [int(number) if kind == "output" else 0]

    def _given(self, array: np.ndarray) -> Numbers:
        """The numbers as Keras is given them."""
        return Numbers(array.astype(self.computed) if array.dtype.kind == "f" else array)

    def _show(self, case: Case) -> Shown | None:
        """The case where the backend is wrong in it, in the same way and by enough."""
        with np.errstate(all="ignore"):
            try:
                asked = [self.ask(one) for one in self._fitting(case)]
            except (ValueError, TypeError, IndexError, KeyError):
                return None  # no such layer, or not on such inputs
            return next(filter(None, itertools.starmap(self._differing, asked)), None)

    def _differing(self, case: Case, asked: Asked) -> Shown | None:
        found = self.run(case.computing())
        if isinstance(found, str):
            whole = all(x.array.dtype.kind != "f" for x in case.inputs)
            if whole and case.quantity.startswith("gradient"):
                self.why = unshown.INTEGERS
            return None
        (judged,) = judge(asked, {case.quantity: found}, self.backend, self.dtype)
        record, exact = judged.record, asked.quantities[case.quantity]
        if record.passed or record.needed < self.enough or found.shape != exact.shape:
            return None
        if not record.tolerance:  # where all is zero, rounding is not told from an error
            return None
        finding = finding_of(judged, self.backend, self.dtype, "")
        if finding.convention or finding.known != self.known:
            return None
        if not np.array_equal(_drawn_anew(asked.reference)[case.quantity], exact, equal_nan=True):
            self.why = unshown.DRAWN
            return None
        index = worst_entry(found, exact)
        return Shown(case, index, exact[index].item(), record.tolerance, record.needed)

    def ask(self, case: Case) -> tuple[Case, Asked]:
        """What the oracle says of a case, whose cotangent is made to fit the output."""
        given = case.grouped(x.array for x in case.inputs)
        options = {**case.options, **case.given_masks()}
        models = [self._alone(case, given, d) for d in ("float64", twin_precision(self.dtype))]
        path = (len(members(models[0])) - 1,)
        layer = layer_at(models[0], path)
        exact = tree.map_structure(
            lambda x: x.astype("float64") if x.dtype.kind == "f" else x, given
        )
        reference = CallReference(layer, exact, options, case.names)
        cotangents = reference.cotangents
        reference.cotangents = [None] * len(cotangents)
        if case.quantity.startswith("gradient"):
            dy = cotangents[case.output or 0]
            if case.cotangent is not None:
                case = replace(case, cotangent=case.cotangent.resized(dy.shape))
            dy = np.ones_like(dy) if case.cotangent is None else case.cotangent.array
            reference.cotangents = [None if c is None else np.zeros_like(c) for c in cotangents]
            reference.cotangents[case.output or 0] = dy.astype("float64")
        quantities = reference.quantities()
        scale = checks.scales(reference.quantities, quantities, dtype=twin_precision(self.dtype))
        question = Question(path, given, case.names, options, reference.cotangents, [], [])
        name = case.quantity
        asked = Asked(
            LOCAL,
            question,
            reference,
            models[1],
            Place(case.class_name, case.class_name, path),
            {},
            {name: quantities[name]},
            {name: scale[name]},
            bool(case.masks),
        )
        return case, asked

    def _fitting(self, case: Case) -> Iterator[Case]:
        """The case with weights that fit its layer, where the script has them."""
        if not case.weights:
            return iter([case])
        given = case.grouped(x.array for x in case.inputs)
        return with_fitting_weights(case, [w.shape for w in _built(case, given, "float64").weights])

    def _alone(self, case: Case, given: list, dtype: str) -> Model:
        """A model of the NumPy half that holds the layer alone, with the script's weights."""
        if isinstance(case, OperationCase):
            with reference_precision(dtype):
                kind = computed_in(dtype)
                arrays = [x.astype(kind) if x.dtype.kind == "f" else x for x in given[0]]
                return case.alone(arrays)
        layer = _built(case, given, dtype)
        shapes = [w.shape for w in layer.get_weights()]
        weights = drawn_weights(shapes) if case.weights is None else [w.array for w in case.weights]
        # Rounded as Keras has them.
        rounded = [w.astype(held_in(self.dtype)) for w in weights]
        layer.set_weights([w.astype(held_in(dtype)) for w in rounded])
        return rn.Sequential([layer])


def _built(case: Case, given: list, dtype: str) -> Layer:
    """The layer of the NumPy half, built for what it is given."""
    made = {"class_name": case.class_name, "config": {**case.arguments, "dtype": dtype}}
    with reference_precision(dtype):
        layer = rn.layers.deserialize(made)
        first, *others = given
        layer(first, **dict(zip(case.names, others)))
    return layer


def _length(argument) -> int | None:
    """How many arrays are in an argument that is a list; NotShown for what no script is given."""
    if isinstance(argument, np.ndarray):
        return None
    if isinstance(argument, (list, tuple)) and all(isinstance(x, np.ndarray) for x in argument):
        return len(argument)
    raise NotShown(unshown.NO_CALL)


def _drawn_anew(reference: CallReference) -> dict[str, np.ndarray]:
    """What the oracle gives by other random draws."""
    with changed(
        "reseed", [module_of(Reference)], lambda own: lambda layer, seed: own(layer, seed + 1)
    ):
        return reference.quantities()


def _operation_in(model: Model) -> tuple[Callable[..., OperationCase], Operation]:
    """How the case of the operation that a model is and nothing else is made, and the operation."""
    (call,) = model.graph.calls
    slots = {place: Slot(number) for number, place in enumerate(model.graph.inputs)}
    args, kwargs = call.arguments({place: slots[place] for place in call.inputs})
    kind = partial(OperationCase, kind=type(call.layer), args=args, kwargs=kwargs)
    return kind, call.layer
