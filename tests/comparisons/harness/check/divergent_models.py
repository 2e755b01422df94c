"""Known divergences of Keras's layers, each in a small model as a user would have it.

The layer that diverges is called `culprit`; what stands before and after it is sound.
"""

from dataclasses import dataclass, field

from comparisons.harness.divergences import named

JAX, TENSORFLOW, TORCH = ("jax",), ("tensorflow",), ("torch",)
ALL = (*JAX, *TENSORFLOW, *TORCH)
FIRST_STEPS = "masked-steps-before-the-first-on-jax"


@dataclass(frozen=True)
class Divergent:
    """A divergence to be found.

    Args:
        shape: of the input, without the batch axis; `"integers"` are 6 of them, `"tokens"` are
            embedded; of a `"decoder"` there are tokens for it and for its encoder.
        layer, arguments: class and constructor arguments of the layer that diverges.
        known: its name.
        backends: where it is to be found, and nowhere else.
        quantity: how the quantity begins in which it shows.
        dtype: the precision in which it shows.
        first: whether the layer stands first, on inputs that are tied or zero.
        offset: what the layer before it adds to inputs that it makes as small as they differ, so
            that they are far from zero and alike; 0 where there is none.
        other: names of another divergence of the same layer, by backend.
        also: the name of one that shows on the same backends too, in another quantity.
    """

    shape: object
    layer: str
    arguments: dict
    known: str
    backends: tuple
    quantity: str = "output"
    dtype: str = "float32"
    first: bool = False
    offset: float = 0.0
    other: dict = field(default_factory=dict)
    also: str = ""

    @property
    def expected(self) -> dict[str, set]:
        """Links to what is to be found, by backend."""
        both = [self.known, self.also] if self.also else [self.known]
        names = {**dict.fromkeys(self.backends, both), **{b: [n] for b, n in self.other.items()}}
        return {backend: {named(name).link for name in found} for backend, found in names.items()}

    def build(self):
        """The model."""
        import keras
        from keras import layers

        if self.shape == "decoder":
            return self._decoder()
        whole = self.shape in ("tokens", "integers")
        made = [keras.Input((6,), dtype="int32") if whole else keras.Input(self.shape)]
        if self.shape == "tokens":
            made.append(layers.Embedding(9, 4, mask_zero=True, name="before"))
        elif self.offset:
            made.append(layers.Rescaling(2.0**-7, offset=self.offset, name="before"))
        elif not self.first and not whole:
            made.append(layers.Dense(self.shape[-1], name="before"))
        culprit = getattr(layers, self.layer)(**self.arguments, name="culprit")
        x = inputs = made[0]
        for layer in made[1:]:
            x = layer(x)
        x = culprit(x, x) if self.layer.endswith("Attention") else culprit(x)
        return keras.Model(inputs, layers.Dense(2, name="after")(layers.Flatten()(x)))

    def _decoder(self):
        """An encoder, and the layer as its decoder, which is told what is padding."""
        import keras
        from keras import layers

        source, target = (keras.Input((6,), dtype="int32", name=name) for name in ("from", "to"))
        embed = layers.Embedding(9, 4, mask_zero=True, name="before")
        kind = getattr(layers, self.layer)
        _, *states = kind(**self.arguments, return_state=True, name="encoder")(embed(source))
        culprit = kind(**self.arguments, return_sequences=True, name="culprit")
        x = culprit(embed(target), initial_state=states, mask=embed.compute_mask(target))
        return keras.Model([source, target], layers.Dense(9, name="after")(x))


DIVERGENT = {
    "sparsemax": Divergent(
        (5,), "Dense", {"units": 4, "activation": "sparsemax"}, "sparsemax", ALL
    ),
    "rms": Divergent(
        (4, 4),
        "RMSNormalization",
        {"axis": 1},
        "rmsnormalization-along-other-axes-than-the-last",
        ALL,
        "gradient of scale",  # which is 1 before training: the output is right
    ),
    "celu": Divergent(
        (5,),
        "Activation",
        {"activation": "celu"},
        "the-gradient-of-celu-at-0",
        TENSORFLOW,
        "gradient of input",
        first=True,
    ),
    "small_elu": Divergent((5,), "ELU", {}, "elu-of-small-numbers", TENSORFLOW, first=True),
    "small_selu": Divergent(
        (5,), "Activation", {"activation": "selu"}, "elu-of-small-numbers", TENSORFLOW, first=True
    ),
    "normalized_zeros": Divergent(
        (5,),
        "UnitNormalization",
        {},
        "gradients-of-normalized-zeros",
        ("jax", "torch"),
        "gradient of input",
        first=True,
    ),
    "pool3d": Divergent(
        (4, 4, 4, 1),
        "MaxPooling3D",
        {"pool_size": 2},
        "maximum-of-equal-entries-over-three-axes",
        TENSORFLOW,
        "gradient of input",
        first=True,
    ),
    "bias": Divergent(
        (3, 6, 6),
        "Conv2D",
        {
            "filters": 4,
            "kernel_size": 3,
            "data_format": "channels_first",
            "bias_initializer": "glorot_normal",
        },
        "addition-along-the-wrong-axis-with-channels-first",
        TENSORFLOW,
    ),
    "heads": Divergent(
        (3, 6),
        "MultiHeadAttention",
        {"num_heads": 3, "key_dim": 1, "bias_initializer": "glorot_normal"},
        "addition-along-the-wrong-axis-with-channels-first",
        TENSORFLOW,
    ),
    "bicubic": Divergent(
        (4, 4, 2),
        "UpSampling2D",
        {"size": 3, "interpolation": "bicubic"},
        "bicubic-interpolation",
        TENSORFLOW,
        other={"torch": "bicubic-interpolation-on-pytorch"},
    ),
    "undecided_attention": Divergent(
        (5, 4),
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3},
        "gradients-of-undecided-attention-on-pytorch",
        TORCH,
        "gradient of",
        offset=50.0,
    ),
    "unseeing_queries": Divergent(
        "tokens",
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3},
        "gradients-of-queries-that-see-nothing",
        TORCH,
        "gradient of",
    ),
    "far_from_zero": Divergent(
        (6, 4),
        "GroupNormalization",
        {"groups": 2},
        "the-variance-of-numbers-far-from-zero-on-pytorch",
        TORCH,
        offset=50.0,
    ),
    "rotation": Divergent(
        (8, 8, 1),
        "RandomRotation",
        {"factor": 0.2},
        "gradients-of-rotated-shifted-and-zoomed-images",
        TENSORFLOW,
        "gradient of input",
    ),
    "zoom": Divergent(
        (8, 8, 1),
        "RandomZoom",
        {"height_factor": 0.2},
        "image-transforms-in-float64",
        TENSORFLOW,
        dtype="float64",
        also="gradients-of-rotated-shifted-and-zoomed-images",
    ),
    "silence": Divergent(
        (64,),
        "MelSpectrogram",
        {"fft_length": 16, "sequence_stride": 4, "num_mel_bins": 4},
        "the-gradient-of-silence",
        ("jax", "torch"),
        "gradient of input",
        first=True,
    ),
    "unrolled": Divergent(
        "tokens",
        "SimpleRNN",
        {
            "units": 3,
            "return_sequences": True,
            "go_backwards": True,
            "zero_output_for_mask": True,
            "unroll": True,
        },
        "unrolled-backwards-zeros-for-masked-steps",
        TENSORFLOW,
        other={"jax": "zero_output_for_mask-of-unrolled-layers-on-jax"},
    ),
    "repeated_last_step": Divergent(
        "tokens",
        "GRU",
        {"units": 3, "return_sequences": True, "zero_output_for_mask": True, "unroll": True},
        "zero_output_for_mask-of-unrolled-layers-on-jax",
        JAX,
    ),
    "hard_sigmoid": Divergent(
        (5,),
        "Dense",
        {"units": 4, "activation": "hard_sigmoid"},
        "hard_sigmoids-gradient-in-float64",
        TORCH,
        "gradient",
        "float64",
    ),
    "softplus": Divergent(
        (5,),
        "Dense",
        {"units": 64, "activation": "softplus"},  # some sums lie between 20 and 27
        "softplus-above-20-on-pytorch",
        TORCH,
        dtype="float64",
    ),
    "gelu": Divergent(
        (5,),
        "Dense",
        {"units": 4, "activation": "gelu"},
        "gelu-in-float64",
        TENSORFLOW,
        dtype="float64",
    ),
    "leaky": Divergent(
        (5,),
        "LeakyReLU",
        {"negative_slope": 0.2},
        "leaky_relu-in-float64",
        TENSORFLOW,
        dtype="float64",
    ),
    "rescaling": Divergent(
        (5,),
        "Rescaling",
        {"scale": 0.1},
        "rescalings-constants-in-float64",
        TENSORFLOW,
        dtype="float64",
    ),
    "attention": Divergent(
        (5, 4),
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3},
        "the-scale-of-attention-in-float64",
        TENSORFLOW,
        dtype="float64",
        other={"jax": "the-softmax-of-attention-on-jax"},
    ),
    "resized": Divergent(
        (4, 4, 2),
        "UpSampling2D",
        {"size": 2, "interpolation": "bilinear"},
        "interpolation-in-float64",
        TENSORFLOW,
        dtype="float64",
    ),
    "repeated_edge": Divergent(
        (5, 5, 2),
        "AveragePooling2D",
        {"pool_size": 4, "strides": 1, "padding": "same"},
        "average-pooling-with-same-padding-on-pytorch",
        TORCH,
    ),
    "unseeing": Divergent(
        "tokens",
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3},
        "gradients-of-queries-that-see-nothing",
        TORCH,
        "gradient",
    ),
    "bounds": Divergent(
        (5,),
        "ReLU",
        {"max_value": 0.7},
        "relus-bounds-in-float64",
        TENSORFLOW,
        dtype="float64",
    ),
    "given_mean": Divergent(
        (5,),
        "Normalization",
        {"axis": None, "mean": 0.1, "variance": 1.0},
        "normalizations-mean-and-variance-in-float64",
        TENSORFLOW,
        dtype="float64",
    ),
    "low_rank": Divergent(
        (5,),
        "Dense",
        {"units": 4, "lora_rank": 2},
        "low-rank-adaptation-in-float64",
        ALL,
        "gradient",
        "float64",
    ),
    "dropped": Divergent(
        (3, 4),
        "LSTM",
        {"units": 3, "dropout": 1.0},
        "dropout1-of-lstm-and-gru",
        ("jax", "tensorflow"),
    ),
    "window": Divergent(
        (64,),
        "MelSpectrogram",
        {"fft_length": 16, "sequence_length": 15, "sequence_stride": 4, "num_mel_bins": 4},
        "melspectrograms-window-of-odd-length",
        TENSORFLOW,
        "gradient of input",
        first=True,
        other=dict.fromkeys(("jax", "torch"), "the-gradient-of-silence"),
    ),
    "integers": Divergent(
        "integers",
        "LayerNormalization",
        {},
        "normalization-layers-and-integers",
        ALL,
    ),
    "repeated_image": Divergent(
        (8, 8, 1),
        "RandomTranslation",
        {"height_factor": 0.3, "width_factor": 0.3, "fill_mode": "wrap"},
        "wrap-between-the-last-pixel-and-the-first",
        ("jax", "torch"),
        "gradient of input",
        other={"tensorflow": "gradients-of-rotated-shifted-and-zoomed-images"},
    ),
    "decoding_lstm": Divergent("decoder", "LSTM", {"units": 3}, FIRST_STEPS, JAX),
    "decoding_gru": Divergent("decoder", "GRU", {"units": 3}, FIRST_STEPS, JAX),
    "decoding_rnn": Divergent(
        "decoder", "SimpleRNN", {"units": 3, "activation": "softsign"}, FIRST_STEPS, JAX
    ),
}
