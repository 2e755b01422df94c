"""The conventions, in the parts of their page."""

from comparisons.harness.bilingual import Words
from comparisons.harness.conventions.convention import Convention

inf, nan = float("inf"), float("nan")

PARTS: dict[Words, tuple[Convention, ...]] = {
    ("Activation functions", "活性化関数"): (
        Convention("activations.relu", (0.0,), (0.0,)),
        Convention("activations.relu", (0.0,), (0.5,), jax=(1.0,), options={"negative_slope": 0.5}),
        Convention("activations.relu", (0.5,), (0.0,), options={"threshold": 0.5}),
        Convention(
            "activations.relu", (1.0,), (0.0,), options={"negative_slope": 0.5, "threshold": 1.0}
        ),
        Convention("activations.relu", (2.0,), (1.0,), jax=(0.5,), options={"max_value": 2.0}),
        Convention("activations.relu", (6.0,), (0.0,), options={"max_value": 6.0}),
        Convention(
            "activations.relu",
            (6.0,),
            (1.0,),
            jax=(0.5,),
            options={"max_value": 6.0, "threshold": 1.0},
        ),
        Convention("activations.relu6", (0.0,), (0.0,)),
        Convention("activations.relu6", (6.0,), (0.0,)),
        Convention("activations.leaky_relu", (0.0,), (0.2,), jax=(1.0,)),
        Convention("activations.elu", (0.0,), (0.25,), options={"alpha": 0.25}),
        Convention("activations.selu", (0.0,), (1.050701,), jax=(1.758099,), torch=(1.758099,)),
        Convention("activations.hard_sigmoid", (-3.0,), (0.0,)),
        Convention("activations.hard_sigmoid", (3.0,), (0.0,)),
        Convention("ops.hard_silu", (-3.0,), (0.0,)),
        Convention("ops.hard_silu", (3.0,), (1.0,)),
        Convention("activations.hard_tanh", (-1.0,), (1.0,), torch=(0.0,)),
        Convention("activations.hard_tanh", (1.0,), (1.0,), torch=(0.0,)),
        Convention("activations.hard_shrink", (0.5,), (0.0,)),
        Convention("activations.soft_shrink", (0.5,), (0.0,)),
        Convention(
            "activations.threshold",
            (0.75,),
            (0.0,),
            options={"threshold": 0.75, "default_value": 0.25},
        ),
        Convention("activations.sparse_sigmoid", (-1.0,), (0.0,), jax=(0.25,)),
        Convention("activations.sparse_sigmoid", (1.0,), (0.0,), jax=(0.25,)),
    ),
    ("Kinks and zeros", "折れ目と0"): (
        Convention("ops.absolute", (0.0,), (0.0,), jax=(1.0,)),
        Convention("ops.clip", (0.0,), (1.0,), jax=(0.5,), options={"x_min": 0.0, "x_max": 1.0}),
        Convention("ops.clip", (1.0,), (1.0,), jax=(0.5,), options={"x_min": 0.0, "x_max": 1.0}),
        Convention("ops.norm", ((0.0, 0.0),), (nan, nan), torch=(0.0, 0.0), options={"axis": -1}),
        Convention(
            "ops.norm", ((0.0, 2.0),), (0.0, 1.0), jax=(1.0, 1.0), options={"ord": 1, "axis": -1}
        ),
        Convention("ops.norm", ((2.0, 2.0),), (0.5, 0.5), options={"ord": inf, "axis": -1}),
        Convention("ops.std", ((1.0, 1.0),), (nan, nan), torch=(0.0, 0.0)),
        Convention("ops.hypot", (0.0, 0.0), (0.0, 0.0), jax=(0.5, 0.5), torch=(nan, nan)),
        Convention("ops.arctan2", (0.0, 0.0), (0.0, 0.0), tensorflow=(nan, nan), jax=(nan, nan)),
    ),
    ("Vertical tangents", "接線が垂直な点"): (
        Convention("ops.sqrt", (0.0,), (inf,)),
        Convention("ops.arcsin", (1.0,), (inf,)),
        Convention("ops.power", (0.0, 0.0), (nan, 0.0), torch=(0.0, 0.0)),
    ),
    ("Jumps", "不連続点"): (
        Convention("ops.sign", (0.0,), (0.0,)),
        Convention("ops.round", (0.5,), (0.0,)),
        Convention("ops.floor", (1.0,), (0.0,)),
        Convention("ops.ceil", (1.0,), (0.0,)),
        Convention("ops.trunc", (1.0,), (0.0,)),
        Convention("ops.mod", (2.0, 1.0), (1.0, -2.0)),
        Convention("ops.fmod", (2.0, 1.0), (1.0, -2.0)),
    ),
    ("Ties", "同値"): (
        Convention("ops.maximum", (1.0, 1.0), (1.0, 0.0), jax=(0.5, 0.5), torch=(0.5, 0.5)),
        Convention("ops.minimum", (1.0, 1.0), (1.0, 0.0), jax=(0.5, 0.5), torch=(0.5, 0.5)),
        Convention("ops.fmax", (1.0, 1.0), (1.0, 0.0), jax=(0.0, 1.0)),
        Convention("ops.max", ((1.0, 1.0),), (0.5, 0.5)),
        Convention("ops.min", ((1.0, 1.0),), (0.5, 0.5)),
        Convention("ops.sort", ((1.0, 1.0),), (1.0, 2.0)),
        Convention("ops.top_k", ((1.0, 1.0),), (1.0, 0.0), options={"k": 1}),
        Convention("ops.median", ((1.0, 1.0, 1.0),), (0.0, 1.0, 0.0)),
        Convention("ops.quantile", ((1.0, 1.0, 1.0),), (0.0, 1.0, 0.0), options={"q": 0.5}),
        Convention("layers.MaxPooling1D", (((1.0,), (1.0,)),), (1.0, 0.0)),
        Convention(
            "layers.MaxPooling2D", ((((1.0,), (1.0,)), ((1.0,), (1.0,))),), (1.0, 0.0, 0.0, 0.0)
        ),
        Convention("layers.GlobalMaxPooling1D", (((1.0,), (1.0,)),), (0.5, 0.5)),
    ),
    ("Losses", "損失関数"): (
        Convention("losses.MeanAbsoluteError", (1.5, 1.5), (0.0,), jax=(-1.0,)),
        Convention("losses.MeanAbsolutePercentageError", (1.5, 1.5), (0.0,), jax=(-66.66666,)),
        Convention("losses.Hinge", (1.0, 1.0), (-1.0,), jax=(-0.5,), torch=(-0.5,)),
        Convention("losses.CategoricalHinge", ((1.0, 0.0, 0.0), (0.2, 0.7, 0.7)), (-1.0, 0.5, 0.5)),
        Convention(
            "losses.CategoricalHinge",
            ((1.0, 0.0), (1.0, 0.0)),
            (-1.0, 0.5),
            jax=(-0.5, 0.25),
            torch=(-0.5, 0.25),
        ),
        Convention("losses.BinaryCrossentropy", (1.0, 0.0), (0.0,)),
        Convention("losses.KLDivergence", (0.5, 1.0), (-0.5,), jax=(-0.25,)),
        Convention(
            "losses.CosineSimilarity",
            ((3.0, 4.0), (0.0, 0.0)),
            (-6.0e6, -8.0e6),
            jax=(nan, nan),
            torch=(nan, nan),
        ),
    ),
}
CONVENTIONS = tuple(one for members in PARTS.values() for one in members)
