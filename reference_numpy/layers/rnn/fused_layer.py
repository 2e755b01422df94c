"""The fast path of SimpleRNN, LSTM and GRU."""

import numpy as np

from reference_numpy.layers.rnn.cell_layer import CellLayer


class FusedLayer(CellLayer):
    """A recurrent layer that computes whole sequences at once where it can.

    What does not depend on the step before is taken out of the loop: the products x_t W of all
    steps are one product, and so are dW = Σ_t x_tᵀ dz_t, dU = Σ_t h_{t−1}ᵀ dz_t and all dx_t.
    Inside the loop remains h_{t−1} U with the gates (`sweep`), and dz_t Uᵀ (`sweep_backward`).

    The loops work on transposed arrays, features × batch, in which each gate is one contiguous
    block: its elementwise functions run a third faster than on columns of batch × features.
    Where the fast path does not apply (another activation, recurrent dropout, masks for each
    gate) the cell's own steps are run; both give the same numbers up to rounding.
    """

    def fits(self, cell, dropout_masks):
        """Whether the fast path computes what this cell computes."""
        return dropout_masks[1] is None and not isinstance(dropout_masks[0], list)

    def scale(self, cell):
        """Factors of the gates' arguments: 1, or an array with one a column."""
        return 1.0

    def sweep(self, cell, z, states, keep):
        """The steps: `(h of all steps, last states, cache)`.

        Args:
            cell: the cell in the compute dtype.
            z: x_t W + b of all steps, scaled: (columns, T, batch).
            states: the first states, (units, batch) each.
            keep: (T, 1, batch) booleans or None.

        h is (T + 1, units, batch) and begins with the first state.
        """
        raise TypeError(f"{type(self).__name__} has no sweep.")

    def sweep_backward(self, cell, dy, dstates, keep, cache):
        """The steps backward: `(dz, dz of the recurrent product, d first states)`.

        `dy` is (T, units, batch) or None, `dstates` are those of the last states; they are
        written over. Both dz are (columns, T, batch).
        """
        raise TypeError(f"{type(self).__name__} has no sweep_backward.")

    def inner_loop(self, steps, states, keep, training, dropout_masks):
        """As in `RNN`."""
        cell = self.cell.in_compute_dtype()
        masks = dropout_masks or (None, None)
        if not self.fits(cell, masks):
            y, states, cache = super().inner_loop(steps, states, keep, training, dropout_masks)
            return y, states, (False, cache)
        if masks[0] is not None:
            steps = steps * masks[0]
        length, batch = steps.shape[:2]
        rows = np.ascontiguousarray(steps).reshape(length * batch, -1)
        scale = self.scale(cell)
        z = (cell.kernel * scale).T @ rows.T
        if self.use_bias:
            bias = cell.bias.reshape(-1, len(z))[0]  # of a GRU's two rows the first
            z += (bias * scale)[:, None]
        z = z.reshape(len(z), length, batch)
        columns = None if keep is None else keep[:, None]
        h, last, cache = self.sweep(cell, z, [state.T for state in states], columns)
        valid = self._steps_with_output(keep, h.dtype)
        y = h[1:] if self.return_sequences else h[-1:]
        if valid is not None:
            y = y * valid[-len(y) :]
        y = np.swapaxes(y, 1, 2)
        y = y if self.return_sequences else np.ascontiguousarray(y[0])
        last = [np.ascontiguousarray(state.T) for state in last]
        return y, last, (True, (rows, masks[0], h, columns, valid, cache))

    def inner_loop_backward(self, dy, dstates, cache, input_gradient):
        """As in `RNN`."""
        fused, cache = cache
        if not fused:
            return super().inner_loop_backward(dy, dstates, cache, input_gradient)
        rows, mask, h, columns, valid, cache = cache
        cell = self.cell.in_compute_dtype()
        dstates = [np.array(state.T, order="C") for state in dstates]
        if dy is not None:
            dy = np.swapaxes(dy if self.return_sequences else dy[None], 1, 2)
            if valid is not None:
                dy = dy * valid[-len(dy) :]
            if not self.return_sequences:
                dstates[0] += dy[0]
                dy = None
        dz, drecurrent, dstates = self.sweep_backward(cell, dy, dstates, columns, cache)
        length, batch = dz.shape[1:]
        dz, drecurrent = (d.reshape(len(d), -1) for d in (dz, drecurrent))
        dx = None
        if input_gradient:
            dx = (dz.T @ cell.kernel.T).reshape(length, batch, -1)
            dx = dx if mask is None else dx * mask
        return dx, [state.T for state in dstates], self._grads(cell, rows, h, dz, drecurrent)

    def _grads(self, cell, rows, h, dz, drecurrent):
        if not cell.trainable:
            return []
        before = np.ascontiguousarray(np.swapaxes(h[:-1], 0, 1)).reshape(h.shape[1], -1)
        grads = [rows.T @ dz.T, before @ drecurrent.T]
        if self.use_bias:
            sums = [dz.sum(axis=1), drecurrent.sum(axis=1)]
            grads.append(np.stack(sums) if cell.bias.ndim == 2 else sums[0])
        return grads

    def _steps_with_output(self, keep, dtype):
        """1 where a step has an output, its own or one before it, else 0: (T, 1, batch)."""
        if keep is None:
            return None
        seen = keep if self.zero_output_for_mask else np.logical_or.accumulate(keep)
        return seen[:, None].astype(dtype)


def hold(keep, new, old):
    """Write `old` over `new` where `keep` is false."""
    if keep is not None:
        np.copyto(new, old, where=~keep)


def split_held(keep, slopes):
    """Zero the gradients of steps that do not count; return what passes them by (or None)."""
    if keep is None:
        return None
    held = [slope * ~keep for slope in slopes]
    for slope in slopes:
        slope *= keep
    return held


def add_held(slopes, held):
    """Add what `split_held` kept back."""
    for slope, part in zip(slopes, held or [], strict=held is not None):
        slope += part


def check_use_cudnn(use_cudnn):
    """`use_cudnn`, or ValueError where Keras does not know it."""
    if use_cudnn not in ("auto", True, False):
        raise ValueError(
            "Invalid value received for argument `use_cudnn`. Expected one of "
            f"('auto', True, False). Received: use_cudnn={use_cudnn}"
        )
    return use_cudnn


def refuse_cudnn(layer):
    """Raise ValueError where cuDNN is demanded."""
    if layer.use_cudnn is True:
        raise ValueError(
            f"Layer '{layer.name}': use_cudnn=True was specified, but there is no cuDNN here. "
            "Pass use_cudnn='auto'."
        )
