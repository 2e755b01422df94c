"""Calls that are simpler than one in a single thing, for the script that shows a finding."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from comparisons.harness.check.cases import Case
from comparisons.harness.check.script import Numbers


def _drawn(case: Case) -> Iterator[Case]:
    """The call whose numbers are all drawn, which is short at once."""
    floats = [x for x in case.inputs if x.seed is None and x.array.dtype.kind == "f"]
    if floats or case.weights or case.cotangent is not None:
        inputs = tuple(
            Numbers.drawn(x.array.shape, 0, x.array.dtype) if x.array.dtype.kind == "f" else x
            for x in case.inputs
        )
        weights = None if case.weights else case.weights
        yield replace(case, inputs=inputs, weights=weights, cotangent=None)


def _without_options(case: Case) -> Iterator[Case]:
    for name in case.options:
        yield replace(case, options={k: v for k, v in case.options.items() if k != name})


def _without_masks(case: Case) -> Iterator[Case]:
    for place in range(len(case.masks)):
        yield replace(case, masks=case.masks[:place] + case.masks[place + 1 :])


def with_drawn_weights(case: Case) -> Iterator[Case]:
    """The call of a layer whose weights the script draws."""
    if case.weights:
        yield replace(case, weights=None)


def with_fixed_factors(case: Case) -> Iterator[Case]:
    """The call of a layer that draws its factors, which now have one value each."""
    fixed = {
        name: [value[1]] * 2 if isinstance(value, (list, tuple)) else [value] * 2
        for name, value in case.arguments.items()
        if name.endswith("factor") and value is not None
    }
    if fixed:
        yield replace(case, arguments={**case.arguments, **fixed})


def _without_arguments(case: Case) -> Iterator[Case]:
    for name in case.arguments:
        yield replace(case, arguments={k: v for k, v in case.arguments.items() if k != name})


def _with_plain_cotangent(case: Case) -> Iterator[Case]:
    if case.cotangent is not None:
        yield replace(case, cotangent=None)
        if case.cotangent.seed is None:
            array = case.cotangent.array
            yield replace(case, cotangent=Numbers.drawn(array.shape, 2, array.dtype))


def _with_plain_inputs(case: Case) -> Iterator[Case]:
    for place, numbers in enumerate(case.inputs):
        if numbers.seed is None and numbers.array.dtype.kind == "f":
            array = numbers.array
            yield _with_input(case, place, Numbers.drawn(array.shape, 0, array.dtype))
            if rounded := _rounded(numbers):
                yield _with_input(case, place, rounded)


def _with_plain_weights(case: Case) -> Iterator[Case]:
    if case.weights:
        rounded = tuple(map(_rounded, case.weights))
        if any(rounded):
            plain = (less or own for less, own in zip(rounded, case.weights))
            yield replace(case, weights=tuple(plain))


def _shorter(case: Case) -> Iterator[Case]:
    """Inputs and masks that are shorter along an axis, all that are as long there or one alone.

    With masks, also along every axis as long: one of attention has queries along one axis and keys
    along another.
    """
    arrays = [*case.inputs, *(mask.numbers for mask in case.masks)]
    places = [(n, axis) for n, x in enumerate(arrays) for axis in range(x.array.ndim)]
    size = {(n, axis): arrays[n].array.shape[axis] for n, axis in places}
    together, alone, across = [], [], []
    for own in places:
        like = [place for place in places if size[place] == size[own]]
        together.append(frozenset(place for place in like if place[1] == own[1]))
        alone.append(frozenset([own]))
        across.append(frozenset(like))
    for cut in dict.fromkeys([*together, *alone, *(across if case.masks else [])]):
        for less in _fewer(size[next(iter(cut))]):
            for last in (False, True):
                found = list(arrays)
                for n, axis in cut:
                    shape = found[n].array.shape
                    found[n] = found[n].resized((*shape[:axis], less, *shape[axis + 1 :]), last)
                inputs, masks = found[: len(case.inputs)], found[len(case.inputs) :]
                yield replace(
                    case,
                    inputs=tuple(inputs),
                    masks=tuple(map(_with_numbers, case.masks, masks)),
                )
                if all(arrays[n].seed is not None for n, _ in cut):
                    break  # the last are drawn as the first are


def _with_less_arguments(case: Case) -> Iterator[Case]:
    for name, value in case.arguments.items():
        for less in _less(value):
            yield replace(case, arguments={**case.arguments, name: less})


# What saves most first.
CHANGES: tuple[Callable[[Case], Iterator[Case]], ...] = (
    _drawn,
    _without_options,
    _without_masks,
    with_drawn_weights,
    _without_arguments,
    _with_plain_cotangent,
    _with_plain_inputs,
    _shorter,
    _with_less_arguments,
    _with_plain_weights,
)


def with_fitting_weights(case: Case, shapes: list[tuple[int, ...]]) -> Iterator[Case]:
    """The case with weights of these shapes: the first of its numbers along each axis, the last."""
    if case.weights is None or [w.array.shape for w in case.weights] == shapes:
        yield case
        return
    for last in (False, True):
        weights = (w.resized(shape, last) for w, shape in zip(case.weights, shapes))
        yield replace(case, weights=tuple(weights))


def _with_input(case: Case, place: int, numbers: Numbers) -> Case:
    return replace(case, inputs=(*case.inputs[:place], numbers, *case.inputs[place + 1 :]))


def _with_numbers(mask, numbers: Numbers):
    return replace(mask, numbers=numbers)


def _rounded(numbers: Numbers) -> Numbers | None:
    """The numbers with one digit after the point; None where they have no more."""
    if numbers.array.dtype.kind != "f":
        return None
    rounded = np.round(numbers.array, 1)
    return None if np.array_equal(rounded, numbers.array) else Numbers(rounded)


def _fewer(size: int) -> list[int]:
    """Smaller sizes, the smallest first."""
    return sorted({1, size // 2, size - 1} - {0, size}) if size > 1 else []


def _less(value) -> Iterator:
    """An argument with smaller numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        yield from _fewer(value)
    elif isinstance(value, (list, tuple)) and all(type(item) is int for item in value):
        for place, item in enumerate(value):
            for less in _fewer(item):
                yield [*value[:place], less, *value[place + 1 :]]
