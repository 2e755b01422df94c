"""Keras models with their data and the way they are trained, one of every kind.

Each function makes a fresh compiled model and returns it with `x`, `y` and further arguments of
`fit`. Two divergences of Keras on TensorFlow are kept out of the way: numbers that it would round
to float32 (docs/keras-divergences.md#optimizer-constants-in-float64) are exact in float32, and
embeddings have a regularizer, without which optimizers that square gradients go wrong
(docs/keras-divergences.md#embeddings-of-repeated-tokens).
"""

import numpy as np

GENERATOR = np.random.default_rng(0)
LABELS = GENERATOR.integers(0, 3, 40)
IMAGES = GENERATOR.standard_normal((40, 8, 8, 2))
SEQUENCES = GENERATOR.standard_normal((2, 40, 5, 3))
TOKENS = np.where(
    np.arange(7) < GENERATOR.integers(2, 8, 40)[:, None], GENERATOR.integers(1, 10, (40, 7)), 0
)
EXACT_BETAS = {"beta_1": 0.875, "beta_2": 1 - 2.0**-10}


def mlp():
    """Adam, sparse cross-entropy, accuracy, class weights, a validation split, regularizers."""
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            layers.Input((6,)),
            layers.Dense(8, activation="tanh", kernel_regularizer="l2"),
            layers.Dense(5, activation="relu", activity_regularizer="l1"),
            layers.Dropout(0.0),
            layers.Dense(3, activation="softmax", kernel_constraint="max_norm"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.01, **EXACT_BETAS),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    x = GENERATOR.standard_normal((40, 6))
    return model, x, LABELS, {"class_weight": {0: 1.0, 1: 2.0, 2: 0.5}, "validation_split": 0.2}


def cnn():
    """SGD with Nesterov's momentum and weight decay, label smoothing, a metric of its own."""
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            layers.Input((8, 8, 2)),
            layers.Conv2D(4, 3, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(2),
            layers.Conv2D(3, 3),
            layers.Activation("tanh"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=["accuracy", keras.metrics.CategoricalCrossentropy(name="plain")],
    )
    return (
        model,
        IMAGES,
        np.eye(3)[LABELS],
        {"validation_data": (IMAGES[:8], np.eye(3)[LABELS[:8]])},
    )


def residual():
    """RMSprop, centered with momentum, and Huber's loss."""
    import keras
    from keras import layers

    x = inputs = keras.Input((8, 8, 2))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(4, 3, use_bias=False)(x)))
    for strides in (1, 2):
        y = layers.Conv2D(4, 3, strides, padding="same", kernel_regularizer="l2")(x)
        y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same")(y))
        x = layers.ReLU()(layers.Add()([layers.Conv2D(4, 1, strides)(x), y]))
    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
    optimizer = keras.optimizers.RMSprop(0.001, rho=0.875, momentum=0.5, centered=True)
    model.compile(optimizer, "huber", metrics=["mae"])
    return model, IMAGES, GENERATOR.standard_normal((40, 1)), {}


def shared_lstm():
    """One LSTM reads two sequences; Adam with clipped norms, binary cross-entropy."""
    import keras
    from keras import layers

    a, b = keras.Input((5, 3), name="a"), keras.Input((5, 3), name="b")
    lstm = layers.LSTM(4)
    similar = layers.Dot(1, normalize=True)([lstm(a), lstm(b)])
    model = keras.Model([a, b], layers.Dense(1, activation="sigmoid")(similar))
    optimizer = keras.optimizers.Adam(0.01, clipnorm=0.5, **EXACT_BETAS)
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    return model, {"a": SEQUENCES[0], "b": SEQUENCES[1]}, (LABELS > 0)[:, None].astype(int), {}


def masked_text():
    """Bidirectional GRUs over masked text; Adagrad, sample weights, weighted metrics."""
    import keras
    from keras import layers

    tokens = keras.Input((7,), dtype="int32")
    x = layers.Embedding(10, 4, embeddings_regularizer="l2", mask_zero=True)(tokens)
    x = layers.Bidirectional(layers.GRU(3, return_sequences=True))(x)
    x = layers.Bidirectional(layers.GRU(2), merge_mode="sum")(x)
    model = keras.Model(tokens, layers.Dense(3, activation="softmax")(x))
    model.compile(
        keras.optimizers.Adagrad(0.1),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        weighted_metrics=["accuracy"],
    )
    return model, TOKENS, LABELS, {"sample_weight": GENERATOR.random(40)}


def masked_sequences():
    """A target for every step: the mask goes through to the loss and the metrics."""
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            layers.Input((5, 3)),
            layers.Masking(0.0),
            layers.LSTM(4, return_sequences=True),
            layers.TimeDistributed(layers.Dense(2)),
        ]
    )
    model.compile("sgd", "mse", metrics=["mae"], weighted_metrics=["mse"])
    x = np.where(GENERATOR.random((40, 5, 1)) < 0.3, 0.0, SEQUENCES[0])
    return model, x, GENERATOR.standard_normal((40, 5, 2)), {}


def attention():
    """A block of self-attention over masked text, with operators; Adadelta and log-cosh."""
    import keras
    from keras import layers

    tokens = keras.Input((7,), dtype="int32")
    x = layers.Embedding(10, 4, embeddings_regularizer="l2", mask_zero=True)(tokens)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 4)(x, x))
    y = layers.Dense(4)(layers.Dense(8, activation="silu")(x))
    x = layers.LayerNormalization()(layers.Add()([x, y * 0.5]))
    model = keras.Model(tokens, layers.Dense(2)(layers.GlobalAveragePooling1D()(x)))
    optimizer = keras.optimizers.Adadelta(0.5)
    model.compile(optimizer, keras.losses.LogCosh(), metrics=["mse"])
    return model, TOKENS, GENERATOR.standard_normal((40, 2)), {}


def penalties_within_layers():
    """Activity regularizers of what flows within layers: projections, wrapped layers, states."""
    import keras
    from keras import layers

    x = keras.Input((5, 3))
    y = layers.MultiHeadAttention(2, 4, activity_regularizer="l2")(x, x)
    y = layers.GroupQueryAttention(4, 2, 1, use_gate=True, activity_regularizer="l1")(x + y, x)
    y = layers.SpectralNormalization(layers.Dense(4, activity_regularizer="l2"))(y)
    side = layers.Dense(2, activity_regularizer="l2", name="side")(y)
    gru = layers.GRU(3, return_state=True, activity_regularizer="l1")
    y = layers.Concatenate()(layers.Bidirectional(gru)(y))
    model = keras.Model(x, [layers.Dense(1, name="head")(y), side])
    model.compile(keras.optimizers.SGD(0.01), ["mse", None])
    return model, SEQUENCES[0], [GENERATOR.standard_normal((40, 1)), None], {}


def _two_sided():
    import keras
    from keras import layers

    a, b = keras.Input((5,), name="a"), keras.Input((5,), name="b")
    shared = layers.Dense(4, activation="tanh", name="shared", activity_regularizer="l2")
    inner_input = keras.Input((4,), name="inside")
    p = layers.Dense(3, activation="softmax", name="p")(inner_input)
    q = layers.Dense(2, name="q", activity_regularizer="l1")(inner_input)
    inner = keras.Model(inner_input, {"p": p, "q": q}, name="inner")
    first, second = inner(shared(a)), inner(shared(b))
    head = layers.Dense(3, name="head")(second["q"])
    x = {name: GENERATOR.standard_normal((40, 5)) for name in "ab"}
    return a, b, first["p"], head, second["p"], x


def several_outputs():
    """A shared layer, a nested model called twice, three losses with weights, lists of metrics."""
    import keras

    a, b, p, head, other, x = _two_sided()
    model = keras.Model([a, b], [p, head, other], name="lists")
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    sparse = "sparse_categorical_crossentropy"
    model.compile(
        keras.optimizers.SGD(schedule, momentum=0.9),
        [sparse, "mse", keras.losses.SparseCategoricalCrossentropy()],
        loss_weights=[1.0, 0.5, 2.0],
        metrics=[["accuracy"], ["mae", "mse"], ["accuracy"]],
    )
    return model, x, [LABELS, GENERATOR.standard_normal((40, 3)), LABELS], {}


def named_outputs():
    """Dictionaries of inputs, outputs, losses, metrics and sample weights."""
    import keras

    a, b, p, head, _, x = _two_sided()
    model = keras.Model({"a": a, "b": b}, {"label": p, "value": head}, name="names")
    model.compile(
        "rmsprop",
        {"label": "crossentropy", "value": "mae"},
        loss_weights={"label": 1.0, "value": 0.3},
        metrics={"label": "accuracy"},
        weighted_metrics={"value": ["mse"]},
    )
    y = {"label": LABELS, "value": GENERATOR.standard_normal((40, 3))}
    weights = {"label": GENERATOR.random(40), "value": GENERATOR.random(40)}
    return model, x, y, {"sample_weight": weights}


def one_loss_of_two():
    """An output without a loss, whose weights stay; a frozen layer; averaged weights."""
    import keras

    a, b, p, head, _, x = _two_sided()
    model = keras.Model([a, b], {"label": p, "value": head}, name="partial")
    model.get_layer("shared").trainable = False
    optimizer = keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5)
    model.compile(optimizer, {"value": "mse"})
    return model, x, {"value": GENERATOR.standard_normal((40, 3))}, {}


CASES = [
    mlp,
    cnn,
    residual,
    shared_lstm,
    masked_text,
    masked_sequences,
    attention,
    penalties_within_layers,
    several_outputs,
    named_outputs,
    one_loss_of_two,
]
