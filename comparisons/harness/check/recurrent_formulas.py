"""How recurrent layers err at masked steps, for `formulas.FORMULAS`."""

from collections.abc import Callable

import numpy as np

from reference_numpy import layers, tree
from reference_numpy.layers.rnn import step_loop
from reference_numpy.layers.rnn.fused_layer import FusedLayer


def _zeroed_in_order_of_time(inner_loop: Callable) -> Callable:
    """An unrolled layer that goes backwards, whose masked steps are zeroed at other places."""

    def other(self, steps, states, keep, *options):
        zeroed = self.zero_output_for_mask and self.return_sequences and keep is not None
        if not (zeroed and self.unroll and self.go_backwards):
            y, states, cache = inner_loop(self, steps, states, keep, *options)
            return y, states, (cache, None)
        self.zero_output_for_mask = False
        try:
            y, states, cache = inner_loop(self, steps, states, keep, *options)
        finally:
            self.zero_output_for_mask = True
        kept = keep[::-1].reshape(*keep.shape, *[1] * (y.ndim - 2))
        return y * kept, states, (cache, kept)

    return other


def _zeroed_in_order_of_time_backward(inner_loop_backward: Callable) -> Callable:
    def other(self, dy, dstates, cache, input_gradient):
        cache, kept = cache
        if kept is None:
            return inner_loop_backward(self, dy, dstates, cache, input_gradient)
        self.zero_output_for_mask = False
        try:
            return inner_loop_backward(self, dy * kept, dstates, cache, input_gradient)
        finally:
            self.zero_output_for_mask = True

    return other


def _without_zeros(method: Callable) -> Callable:
    """An unrolled layer, which repeats the last output at masked steps in place of zeros."""

    def other(self, *given):
        zeros = self.zero_output_for_mask
        self.zero_output_for_mask = zeros and not self.unroll
        try:
            return method(self, *given)
        finally:
            self.zero_output_for_mask = zeros

    return other


def _repeats_the_first_state(layer) -> bool:
    """Whether JAX repeats the initial state where no step of a layer is to be repeated yet."""
    return not (layer.unroll or layer.zero_output_for_mask)


def _of_all_steps(steps_with_output: Callable) -> Callable:
    """LSTM, GRU and SimpleRNN on their fast path, whose states are repeated where they are held."""

    def other(self, keep, dtype):
        return None if _repeats_the_first_state(self) else steps_with_output(self, keep, dtype)

    return other


def _place_of_repeated(states) -> int:
    """Which of all states JAX repeats: the first, of stacked cells the last cell's first."""
    stacked = isinstance(states[0], (list, tuple))
    return len(tree.flatten(states[:-1])) if stacked else 0


def _from_first_state(forward: Callable) -> Callable:
    """The steps of any cell."""

    def other(layer, steps, states, keep, *options):
        y, last, cache = forward(layer, steps, states, keep, *options)
        if keep is None or not _repeats_the_first_state(layer):
            return y, last, (cache, None)
        before = ~np.logical_or.accumulate(keep)
        before = before if layer.return_sequences else before[-1]
        before = before.reshape(*before.shape, *[1] * (y.ndim - before.ndim))
        first = tree.flatten(states)[_place_of_repeated(states)]
        return np.where(before, first, y), last, (cache, before)

    return other


def _from_first_state_backward(backward: Callable) -> Callable:
    def other(layer, dy, dstates, cache):
        cache, before = cache
        dx, dstates, grads = backward(layer, dy, dstates, cache)
        if before is None or dy is None:
            return dx, dstates, grads
        dfirst = dy * before
        leaves, place = tree.flatten(dstates), _place_of_repeated(dstates)
        leaves[place] = leaves[place] + (dfirst.sum(0) if layer.return_sequences else dfirst)
        return dx, tree.pack_like(dstates, leaves), grads

    return other


IN_ORDER_OF_TIME = (
    ("inner_loop", [layers.RNN, FusedLayer], _zeroed_in_order_of_time),
    ("inner_loop_backward", [layers.RNN, FusedLayer], _zeroed_in_order_of_time_backward),
)
NO_ZEROS = (
    ("inner_loop", [layers.RNN, FusedLayer], _without_zeros),
    ("inner_loop_backward", [layers.RNN, FusedLayer], _without_zeros),
)
FIRST_STATE_REPEATED = (
    ("_steps_with_output", [FusedLayer], _of_all_steps),
    ("forward", [step_loop], _from_first_state),
    ("backward", [step_loop], _from_first_state_backward),
)
