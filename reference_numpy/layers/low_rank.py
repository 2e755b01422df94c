"""Low-rank adaptation (LoRA): two thin factors are trained in the place of a weight."""

import numpy as np

from reference_numpy import initializers
from reference_numpy.layers.argument_validation import positive_integer


class LowRankAdaptation:
    """W + s A B takes the place of a weight W, which stays; the factors A and B are trained.

    Backward, with dW the gradient that W would have, all its axes but the last as one:

        s = alpha / rank        dA = s dW Bᵀ        dB = s Aᵀ dW

    B begins at zero, and with it the layer as it was. A file keeps W + s A B as the weight: who
    reads it goes on from there, with B = 0 and a new A.

    Shapes:
        W: (…, inputs, outputs)   A: (…, inputs, rank)   B: (rank, outputs)

    A layer that can be adapted inherits from this class before its other base. It says in `adapts`
    which weight (`"kernel"`, kept as `_kernel`), computes with `adapted`, ends `build` with
    `adapt_from_the_start` and hands its gradients through `adapted_gradients`.

    Source: Hu et al., LoRA: Low-Rank Adaptation of Large Language Models (2021).
    """

    adapts = "kernel"
    lora_enabled = False

    def keep_low_rank_arguments(self, rank, alpha):
        """Keep `lora_rank` and `lora_alpha`, which is the rank where it is None.

        Raises:
            TypeError, ValueError: for a rank that is no integer, or below 0 (0 is none), and for an
                alpha that is no number.
        """
        if not isinstance(alpha, (int, float, type(None))):
            raise TypeError(f"`lora_alpha` must be a number. Received: lora_alpha={alpha!r}")
        self.lora_rank = positive_integer(rank, "lora_rank") if rank else rank
        self.lora_alpha = rank if alpha is None else alpha

    def adapt_from_the_start(self):
        """The end of `build`: adapt the layer if its constructor was given a rank."""
        if self.lora_rank:
            self.built = True
            self.enable_lora(self.lora_rank, self.lora_alpha)

    def enable_lora(self, rank, lora_alpha=None, a_initializer="he_uniform", b_initializer="zeros"):
        """Freeze W and create A and B, once; a model is to be compiled again after.

        Args:
            rank: columns of A and rows of B, 1 or more.
            lora_alpha: numerator of the factor before A B; None for the rank, a factor of 1.
            a_initializer, b_initializer: first values of A and B.

        Raises:
            TypeError, ValueError: for another rank, a layer that is not built, is adapted already,
                or has a constraint on W.
        """
        record = self.adapted_record
        if record is None:
            raise ValueError(f"Layer '{self.name}': LoRA can only be enabled once it is built.")
        if self.lora_enabled:
            raise ValueError(f"Layer '{self.name}': LoRA is enabled already.")
        if record.constraint is not None:
            raise ValueError(
                f"Layer '{self.name}': LoRA is incompatible with `{self.adapts}_constraint`, which "
                "would have to hold for a sum."
            )
        self.keep_low_rank_arguments(positive_integer(rank, "rank"), lora_alpha)
        self._a_initializer = initializers.get(a_initializer)
        w, regularizer = record.value, record.regularizer
        # At least float32, as in Keras: the steps of small factors are lost in float16.
        dtype = np.result_type(w.dtype, "float32").name
        for name, shape, initializer in (
            ("a", (*w.shape[:-1], rank), self._a_initializer),
            ("b", (rank, w.shape[-1]), b_initializer),
        ):
            name = f"lora_{self.adapts}_{name}"
            factor = self.add_weight(
                shape, initializer, name, regularizer, dtype=dtype, autocast=record.autocast
            )
            setattr(self, name, factor)
        record.trainable = False
        self.lora_enabled = True

    @property
    def adapted_record(self):
        """The `Weight` that W is; None before the layer is built."""
        return next((w for w in self.own_weights if w.name == self.adapts), None)

    @property
    def adapted(self):
        """W, or W + s A B in the compute dtype once the layer is adapted."""
        w = getattr(self, f"_{self.adapts}")
        if not self.lora_enabled:
            return w
        return (w + self._update()).astype(self.compute_dtype, copy=False)

    def _factors(self):
        a, b = (getattr(self, f"lora_{self.adapts}_{name}") for name in "ab")
        return float(self.lora_alpha / self.lora_rank), a, b

    def _update(self):
        scale, a, b = self._factors()
        return scale * (a @ b)

    def adapted_gradients(self, grads):
        """[dW, others] as they are, or [others, dA, dB] once the layer is adapted."""
        if not self.lora_enabled:
            return grads
        scale, a, b = self._factors()
        dw, *others = grads
        rows = a.reshape(-1, a.shape[-1]).T @ dw.reshape(-1, dw.shape[-1])
        return [*others, scale * (dw @ b.T), scale * rows]

    @property
    def stored_weights(self):
        """What a file keeps: W + s A B for W, and no factors."""
        if not self.lora_enabled:
            return super().stored_weights
        w, *others = super().stored_weights
        return [(w + self._update()).astype(w.dtype), *others[:-2]]

    def take_stored(self, arrays):
        """Go on from what a file has for W: B is zero and A new."""
        if self.lora_enabled:
            _, a, b = self._factors()
            self.adapted_record.value[...] = arrays[0]
            a[...], b[...] = self._a_initializer(a.shape, a.dtype.name), 0

    def get_config(self):
        """With `lora_rank` and `lora_alpha` where the layer has them."""
        config = super().get_config()
        if self.lora_rank:
            config.update(lora_rank=self.lora_rank, lora_alpha=self.lora_alpha)
        return config
