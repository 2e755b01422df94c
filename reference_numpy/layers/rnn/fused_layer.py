"""The fast path of SimpleRNN, LSTM and GRU."""

import numpy as np

from reference_numpy.kernels.blas import product
from reference_numpy.kernels.memory import is_forward_alone
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.rnn.cell_layer import CellLayer

#: Columns (steps × batch) of the products that sum up the weights' gradients.
COLUMNS = 256


class FusedLayer(CellLayer):
    """A recurrent layer that takes its steps with one product each.

    The kernels and biases are joined into one matrix K = [W; U; b], and what they multiply into
    columns q_t = [x_t; h_{t−1}; 1], so that

        z_t = Kᵀ q_t        [dx_t; dh_{t−1}; ·] = K dz_t        [dW; dU; db] = Σ_t q_t dz_tᵀ

    are one product each; a subclass adds the gates (`step`, `step_backward`). Arrays are
    transposed, features × batch, in which every gate is one contiguous block.

    Measured on an LSTM of 64 units over 28 × 28, batch 128, float32, one core: 12 ms forward and
    backward, where the cell's own steps take 21 ms, and so do products x_t W and q_t dz_tᵀ of all
    steps at once, before and after the loop: the arrays of all steps leave the cache between
    their writing and their reading. Only small batches sum the gradients of several steps in one
    product, of some `COLUMNS` columns.

    Where the fast path does not apply (other activations, recurrent dropout, dropout masks for
    each gate) the cell's own steps are run; both give the same numbers up to rounding.
    """

    @property
    def samples_apart(self):
        """At inference, unless states are kept or dropout masks drawn from call to call."""
        draws = self.cell.dropout or self.cell.recurrent_dropout
        return False if self.stateful or draws else "inference"

    def build(self, sequences_shape, initial_state_shape=None):
        """Build the cell; inputs of another size are refused from then on."""
        super().build(sequences_shape)
        self.input_spec = InputSpec(ndim=3, axes={-1: sequences_shape[-1]})

    def fits(self, cell, dropout_masks):
        """Whether the fast path computes what this cell computes."""
        return dropout_masks[1] is None and not isinstance(dropout_masks[0], list)

    def join(self, cell):
        """K, (inputs + units + 1, columns); a last row of zeros stands for no bias."""
        bias = cell.bias if cell.use_bias else np.zeros(cell.kernel.shape[1], cell.kernel.dtype)
        return np.concatenate([cell.kernel, cell.recurrent_kernel, bias[None]])

    def split(self, dkernel, inputs):
        """dW, dU and db from the gradient of K."""
        return [dkernel[:inputs], dkernel[inputs:-1], dkernel[-1]]

    def scale(self, cell):
        """Factors of z: 1, or an array with one a column of K."""
        return 1.0

    def step(self, cell, z, states, new_states):
        """Write the new states; turn z into what `step_backward` needs, or return that.

        Args:
            cell: the cell in the compute dtype.
            z: (columns, batch), scaled.
            states, new_states: h and the others, (units, batch) each.
        """
        raise TypeError(f"{type(self).__name__} has no step.")

    def step_backward(self, cell, z, cache, states, new_states, dstates, dz):
        """Write dz, (gates, units, batch), and return the part of dh_{t−1} that is not K dz.

        `states` and `new_states` are those of `step`; `dstates` are the gradients of the new ones,
        of which all but that of h are brought back to the old ones in place. `z` is what `step`
        left, `cache` what it returned.
        """
        raise TypeError(f"{type(self).__name__} has no step_backward.")

    def inner_loop(self, steps, states, keep, training, dropout_masks):
        """As in `RNN`."""
        cell = self.cell.in_compute_dtype()
        masks = dropout_masks or (None, None)
        if not self.fits(cell, masks):
            y, states, cache = super().inner_loop(steps, states, keep, training, dropout_masks)
            return y, states, (False, cache)
        length, batch, inputs = steps.shape
        keeps = not is_forward_alone()
        # What is not needed after the loop is written over every second step.
        places = length + 1 if keeps or self.return_sequences else 2
        q = np.empty((places, inputs + cell.units + 1, batch), steps.dtype)
        q[:, -1] = 1.0
        # The states of all steps, and before the first; h lies in q.
        kept = [np.empty((places, *state.T.shape), q.dtype) for state in states[1:]]
        kept.insert(0, q[:, inputs:-1])
        for all_steps, state in zip(kept, states, strict=True):
            all_steps[0] = state.T
        kernel = (self.join(cell) * self.scale(cell)).T
        z, caches = np.empty((length if keeps else 1, len(kernel), batch), q.dtype), []
        keep = None if keep is None else keep[:, None]
        for t in range(length):
            own_q, own_z = q[t % places], z[t % len(z)]
            np.copyto(own_q[:inputs], steps[t].T)
            if masks[0] is not None:
                own_q[:inputs] *= masks[0].T
            product(kernel, own_q, own_z)
            old, new = ([s[at % places] for s in kept] for at in (t, t + 1))
            cache = self.step(cell, own_z, old, new)
            if keeps:
                caches.append(cache)
            if keep is not None:
                for state, before in zip(new, old, strict=True):
                    np.copyto(state, before, where=~keep[t])
        valid = self._steps_with_output(keep, q.dtype)
        end = length % places
        y = kept[0][1:] if self.return_sequences else kept[0][end : end + 1]
        y = np.swapaxes(y if valid is None else y * valid[-len(y) :], 1, 2)
        y = y if self.return_sequences else np.ascontiguousarray(y[0])
        last = [all_steps[end].T for all_steps in kept]
        if self.return_state or self.stateful:
            last = [np.ascontiguousarray(state) for state in last]
        return y, last, (True, (q, z, caches, kept, keep, valid, masks[0]))

    def inner_loop_backward(self, dy, dstates, cache, input_gradient):
        """As in `RNN`."""
        fused, cache = cache
        if not fused:
            return super().inner_loop_backward(dy, dstates, cache, input_gradient)
        q, z, caches, kept, keep, valid, mask = cache
        cell, units = self.cell.in_compute_dtype(), kept[0].shape[1]
        length, columns, batch = z.shape
        inputs = q.shape[1] - units - 1
        dstates = [np.array(dstate.T, order="C") for dstate in dstates]
        dh = dstates[0]
        dy = self._gradients_of_h(dy, valid)
        kernel = self.join(cell)
        wanted = kernel[:-1] if input_gradient else kernel[inputs:-1]
        dq = np.empty((len(wanted), batch), q.dtype)
        dx = np.empty((length, inputs, batch), q.dtype) if input_gradient else None
        dkernel = np.zeros_like(kernel.T, order="C") if cell.trainable else None
        block = min(length, max(1, COLUMNS // max(1, batch)))
        dz = np.empty((columns, block, batch), q.dtype)
        dgates = dz.reshape(columns // units, units, block, batch)
        for t in reversed(range(length)):
            place = t % block
            if t >= length - len(dy):
                dh += dy[t - length]
            held = ()
            if keep is not None:
                held = [dstate * ~keep[t] for dstate in dstates]
                for dstate in dstates:
                    dstate *= keep[t]
            old, new, own_dz = [s[t] for s in kept], [s[t + 1] for s in kept], dgates[:, :, place]
            direct = self.step_backward(cell, z[t], caches[t], old, new, dstates, own_dz)
            product(wanted, dz[:, place], dq)
            np.copyto(dh, dq[-units:])
            if direct is not None:
                dh += direct
            if input_gradient:
                dx[t] = dq[:inputs]
            for dstate, part in zip(dstates, held):
                dstate += part
            if place == 0 and cell.trainable:  # the block is full
                end = min(t + block, length)
                now = np.swapaxes(q[t:end], 0, 1).reshape(len(kernel), -1)
                dkernel += dz[:, : end - t].reshape(columns, -1) @ now.T
        if input_gradient:
            dx = np.swapaxes(dx if mask is None else dx * mask.T, 1, 2)
        grads = self.split(dkernel.T, inputs)[: 2 + cell.use_bias] if cell.trainable else []
        return dx, [dstate.T for dstate in dstates], grads

    def _gradients_of_h(self, dy, valid):
        """What dy adds to dh at the last steps, (steps, units, batch)."""
        if dy is None:
            return ()
        dy = np.swapaxes(dy if self.return_sequences else dy[None], 1, 2)
        return dy if valid is None else dy * valid[-len(dy) :]

    def _steps_with_output(self, keep, dtype):
        """1 where a step has an output, its own or one before it, else 0: (T, 1, batch)."""
        if keep is None:
            return None
        seen = keep if self.zero_output_for_mask else np.logical_or.accumulate(keep)
        return seen.astype(dtype)


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
