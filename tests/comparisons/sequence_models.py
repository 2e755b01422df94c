"""Models of text, sequences, tables and recommendations as people write them.

Each function makes a fresh compiled Keras model, with operations between the layers, and returns it
with `x`, `y` and further arguments of `fit`. As in `model_cases.py`, embeddings have a regularizer
and betas are exact in float32.
"""

import numpy as np

GENERATOR = np.random.default_rng(0)
SAMPLES = 16
LABELS = GENERATOR.integers(0, 3, SAMPLES)
WORDS = [*"abcdefgh", ""]
EXACT_BETAS = {"beta_1": 0.875, "beta_2": 1 - 2.0**-10}


def normal(*shape):
    return GENERATOR.standard_normal((SAMPLES, *shape))


def tokens(length, vocabulary=10):
    """Sequences of 1 to `length` tokens, padded with zeros."""
    drawn = GENERATOR.integers(1, vocabulary, (SAMPLES, length))
    return np.where(np.arange(length) < GENERATOR.integers(1, length + 1, (SAMPLES, 1)), drawn, 0)


def embedding(vocabulary, size, **options):
    from keras import layers

    return layers.Embedding(vocabulary, size, embeddings_regularizer="l2", **options)


def adam(**options):
    import keras

    return keras.optimizers.Adam(0.01, **EXACT_BETAS, **options)


def from_logits():
    import keras

    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


# Attention


def deep_transformer():
    """Decoder blocks with residual layers, which all attend to one masked recurrent encoder."""
    import keras
    from keras import layers

    source, target = keras.Input((6,), dtype="int32"), keras.Input((5,), dtype="int32")
    encoded = layers.LSTM(4, return_sequences=True)(embedding(10, 4, mask_zero=True)(source))
    x = embedding(12, 4, mask_zero=True)(target)
    for _ in range(2):
        a = layers.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True)
        x = layers.LayerNormalization()(layers.Add()([x, a]))
        a, _ = layers.MultiHeadAttention(1, 4)(x, encoded, return_attention_scores=True)
        x = layers.LayerNormalization()(layers.Add()([x, layers.Dropout(0.2)(a)]))
        y = keras.Sequential([layers.Dense(6, activation="relu"), layers.Dense(4)])(x)
        x = layers.LayerNormalization()(layers.Add()([x, y]))
    model = keras.Model([source, target], layers.Dense(12)(x))
    model.compile(adam(), from_logits(), metrics=["accuracy"])
    words = tokens(6, 12)
    return model, [tokens(6), words[:, :-1]], words[:, 1:], {}


def masked_blocks():
    """A block of attention as a model of its own, and what its input's mask is good for after."""
    import keras
    from keras import layers

    x = keras.Input((6, 4))
    y = layers.Add()([x, layers.MultiHeadAttention(2, 4)(x, x)])
    block = keras.Model(x, {"y": layers.LayerNormalization()(y), "z": layers.Dense(2)(x)})
    inputs = keras.Input((6,), dtype="int32")
    x = layers.Dense(4)(embedding(10, 4, mask_zero=True)(inputs))
    early = layers.GlobalAveragePooling1D()(x)
    found = block(x)
    y = layers.GRU(3, return_sequences=True)(layers.Add()([x, found["y"]]))
    late = layers.GlobalAveragePooling1D()(layers.Subtract()([x, found["y"]]))
    model = keras.Model(inputs, [layers.Dense(3)(y), early, late, found["z"]])
    model.compile(adam(), ["mse", "mae", "mse", "mae"])
    return model, tokens(6), [normal(6, 3), normal(4), normal(4), normal(6, 2)], {}


def language_model_by_operations():
    """Rotary positions, grouped queries, causal scores, gated units and tied logits."""
    import keras
    from keras import layers, ops

    def rotate(x):
        a, b = ops.split(x, 2, axis=-1)
        return ops.concatenate([a * cosine - b * sine, a * sine + b * cosine], axis=-1)

    def project(x, heads):
        return layers.Reshape((6, heads, 4))(layers.Dense(4 * heads, use_bias=False)(x))

    angle = np.arange(6)[:, None, None] * 10000.0 ** (-np.arange(2) / 2)
    cosine, sine = np.cos(angle), np.sin(angle)
    inputs = keras.Input((6,), dtype="int32")
    words = layers.ReversibleEmbedding(11, 8)
    x = words(inputs)
    y = layers.RMSNormalization()(x)
    q, k, v = rotate(project(y, 2)), rotate(project(y, 1)), project(y, 1)
    k, v = ops.repeat(k, 2, axis=2), ops.repeat(v, 2, axis=2)
    scores = ops.einsum("bqhd,bkhd->bhqk", q, k) / 2 + ops.triu(np.full((6, 6), -1e9), k=1)
    y = ops.einsum("bhqk,bkhd->bqhd", ops.softmax(scores, -1), v)
    x = x + layers.Dense(8, use_bias=False)(layers.Reshape((6, 8))(y))
    y = layers.RMSNormalization()(x)
    x = x + layers.Dense(8)(ops.silu(layers.Dense(12)(y)) * layers.Dense(12)(y))
    model = keras.Model(inputs, words(layers.RMSNormalization()(x), reverse=True))
    model.compile(keras.optimizers.SGD(0.05, clipnorm=1.0), from_logits(), metrics=["accuracy"])
    words = GENERATOR.integers(0, 11, (SAMPLES, 7))
    return model, words[:, :-1], words[:, 1:], {"sample_weight": GENERATOR.random((SAMPLES, 6))}


def fourier_and_gated_mixing():
    """The real part of a Fourier transform, then a gate across the steps."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((6,), dtype="int32")
    x = embedding(10, 4)(inputs) + embedding(6, 4)(ops.arange(6))
    x = layers.LayerNormalization()(x + ops.fft2((x, ops.zeros_like(x)))[0])
    u, v = ops.split(layers.Dense(8, activation="silu")(x), 2, axis=-1)
    v = ops.transpose(layers.LayerNormalization()(v), (0, 2, 1))
    v = ops.transpose(layers.Dense(6, bias_initializer="ones")(v), (0, 2, 1))
    x = layers.GlobalAveragePooling1D()(x + u * v)
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
    optimizer = keras.optimizers.AdamW(0.01, weight_decay=0.125, **EXACT_BETAS)
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    weights = {0: 1.0, 1: 2.0, 2: 0.5}
    return model, tokens(6), np.eye(3)[LABELS], {"class_weight": weights}


# Recurrent layers


def states_of_stacked_cells():
    """The nested states of an encoder's cells begin the decoder's."""
    import keras
    from keras import layers

    def rnn(**options):
        return layers.RNN([layers.LSTMCell(4), layers.GRUCell(3)], **options)

    inputs = keras.Input((5, 3))
    y, *states = rnn(return_state=True)(inputs)
    y = rnn(return_sequences=True)(layers.RepeatVector(4)(y), initial_state=states)
    head = keras.Sequential([layers.Dense(4, activation="relu"), layers.Dense(2)])
    model = keras.Model(inputs, layers.TimeDistributed(head)(y))
    model.compile(adam(), "mse", metrics=["mae"])
    return model, normal(5, 3), normal(4, 2), {}


def dictionaries_of_states():
    """An encoder and a decoder, models that hand each other dictionaries of states."""
    import keras
    from keras import layers

    x = keras.Input((None, 3))
    y, h, c = layers.LSTM(4, return_sequences=True, return_state=True, dropout=0.2)(x)
    encoder = keras.Model(x, {"steps": y, "h": h, "c": c}, name="encoder")
    given = {name: keras.Input((4,), name=name) for name in ("c", "h")}
    given |= {"x": keras.Input((None, 2), name="x"), "steps": keras.Input((None, 4), name="steps")}
    lstm = layers.LSTM(4, return_sequences=True, return_state=True)
    y, *states = lstm(given["x"], initial_state=(given["h"], given["c"]))
    context = layers.AdditiveAttention()([y, given["steps"]])
    outputs = [layers.Dense(2)(layers.Concatenate()([y, context])), *states]
    decoder = keras.Model(given, outputs, name="decoder")
    source, target = keras.Input((5, 3), name="source"), keras.Input((4, 2), name="target")
    model = keras.Model([source, target], decoder({"x": target, **encoder(source)})[0])
    model.compile(adam(clipvalue=0.5), "mse", metrics=["mae"])
    return model, {"source": normal(5, 3), "target": normal(4, 2)}, normal(4, 2), {}


def fed_back_forecast():
    """One LSTM and one Dense, called again on what they forecast; a schedule that warms up."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((5, 2))
    lstm, dense = layers.LSTM(4, return_state=True), layers.Dense(2)
    (_, *states), x, steps = lstm(inputs), inputs[:, -1:], []
    for _ in range(3):
        y, *states = lstm(x, initial_state=states)
        steps.append(dense(y))
        x = ops.expand_dims(steps[-1], 1)
    model = keras.Model(inputs, ops.stack(steps, axis=1))
    schedule = keras.optimizers.schedules.CosineDecay(0.0, 20, warmup_target=0.01, warmup_steps=4)
    model.compile(keras.optimizers.Adam(schedule, **EXACT_BETAS), "mae", metrics=["mse"])
    return model, normal(5, 2), normal(3, 2), {}


def attention_to_words_of_sentences():
    """A model of masked words, for each sentence of a text."""
    import keras
    from keras import layers

    words = keras.Input((5,), dtype="int32")
    x = embedding(10, 4, mask_zero=True)(words)
    x = layers.Bidirectional(layers.GRU(3, return_sequences=True))(x)
    share = layers.Dense(1, use_bias=False)(layers.Dense(4, activation="tanh")(x))
    share = layers.Softmax()(layers.Flatten()(share))
    sentence = keras.Model(words, layers.Dot(axes=1)([share, x]), name="sentence")
    text = keras.Input((3, 5), dtype="int32")
    y = layers.TimeDistributed(sentence)(text)
    y = layers.Bidirectional(layers.GRU(3), merge_mode="ave")(y)
    model = keras.Model(text, layers.Dense(3, activation="softmax")(y))
    model.compile(adam(), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, np.stack([tokens(5) for _ in range(3)], axis=1), LABELS, {}


def tagged_words():
    """Words as strings, looked up within the model; a label for each."""
    import keras
    from keras import layers

    inputs = keras.Input((5,), dtype="string")
    lookup = layers.StringLookup(vocabulary=WORDS[:6], mask_token="", num_oov_indices=2)
    x = embedding(lookup.vocabulary_size(), 4, mask_zero=True)(lookup(inputs))
    x = layers.Bidirectional(layers.GRU(4, return_sequences=True, reset_after=False))(x)
    model = keras.Model(inputs, layers.TimeDistributed(layers.Dense(3, activation="softmax"))(x))
    loss = "sparse_categorical_crossentropy"
    model.compile("sgd", loss, metrics=["accuracy"], weighted_metrics=[loss])
    x = np.array(WORDS)[GENERATOR.integers(0, len(WORDS), (SAMPLES, 5))]
    return model, x, GENERATOR.integers(0, 3, (SAMPLES, 5)), {}


# Convolutions


def gated_dilated_convolutions():
    """Causal convolutions of growing reach, gates, and the sum of what skips ahead."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((None, 1))
    x, skipped = layers.Conv1D(4, 2, padding="causal")(inputs), []
    for rate in (1, 2, 4):
        value, gate = (
            layers.Conv1D(4, 2, dilation_rate=rate, padding="causal", activation=activation)(x)
            for activation in ("tanh", "sigmoid")
        )
        skipped.append(layers.Conv1D(4, 1)(layers.SpatialDropout1D(0.2)(value * gate)))
        x = (x + skipped[-1]) * 0.5
    y = layers.Conv1D(5, 1, activation="softmax")(ops.relu(sum(skipped)))
    model = keras.Model(inputs, y)
    loss = "sparse_categorical_crossentropy"
    model.compile(adam(global_clipnorm=1.0), loss, metrics=["accuracy"])
    weights = GENERATOR.random((SAMPLES, 8))
    return model, normal(8, 1), GENERATOR.integers(0, 5, (SAMPLES, 8)), {"sample_weight": weights}


# Tables and recommendations


def selected_variables():
    """Numbers and strings by name, each through a gated residual network, chosen by a softmax."""
    import keras
    from keras import layers, ops

    def network(x):
        h = layers.Dropout(0.1)(layers.Dense(4)(layers.Dense(4, activation="elu")(x)))
        gated = layers.Dense(4)(h) * layers.Dense(4, activation="sigmoid")(h)
        return layers.LayerNormalization()((x if x.shape[-1] == 4 else layers.Dense(4)(x)) + gated)

    inputs = {name: keras.Input((1,), name=name) for name in ("age", "income")}
    features = [layers.Dense(4)(layers.Normalization(mean=0.5, variance=4.0)(inputs["age"]))]
    features.append(layers.Dense(4)(inputs["income"]))
    for name in ("job", "city"):
        inputs[name] = keras.Input((1,), name=name, dtype="string")
        lookup = layers.StringLookup(vocabulary=WORDS[:5])
        features.append(layers.Flatten()(embedding(6, 4)(lookup(inputs[name]))))
    shares = layers.Dense(4, activation="softmax")(network(layers.concatenate(features)))
    stacked = ops.stack([network(feature) for feature in features], axis=1)
    chosen = ops.squeeze(ops.matmul(ops.expand_dims(shares, 1), stacked), axis=1)
    crossing = layers.HashedCrossing(6, output_mode="one_hot")((inputs["job"], inputs["city"]))
    y = layers.concatenate([chosen, layers.BatchNormalization()(crossing)])
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(y))
    model.compile(adam(), "binary_crossentropy", metrics=["accuracy"])
    x = {"age": normal(1), "income": normal(1)}
    x |= {n: np.array(WORDS)[GENERATOR.integers(0, 8, (SAMPLES, 1))] for n in ("city", "job")}
    return model, x, (LABELS > 0)[:, None].astype(int), {}


def factorization_machine():
    """Pairs of features by the square of the sum; FTRL, AUC."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((5,), dtype="int32")
    vectors = embedding(20, 4)(inputs)
    pairs = ops.square(ops.sum(vectors, axis=1)) - ops.sum(ops.square(vectors), axis=1)
    y = 0.5 * ops.sum(pairs, axis=1, keepdims=True)
    y = y + ops.sum(ops.squeeze(embedding(20, 1)(inputs), -1), axis=1, keepdims=True)
    y = y + layers.Dense(1)(layers.Dense(4, activation="relu")(layers.Flatten()(vectors)))
    model = keras.Model(inputs, ops.sigmoid(y))
    model.compile(keras.optimizers.Ftrl(0.125), "binary_crossentropy", metrics=["AUC"])
    x = GENERATOR.integers(0, 4, (SAMPLES, 5)) + 4 * np.arange(5)
    return model, x, (LABELS > 0)[:, None].astype("float64"), {"class_weight": {0: 2.0, 1: 0.5}}


def experts_of_several_tasks():
    """Experts shared by gates, the best two alone, a triple of quantiles by slices."""
    import keras
    from keras import layers, ops

    inputs = keras.Input((5,), name="features")
    experts = layers.EinsumDense("bi,eio->beo", (3, 4), bias_axes="eo", activation="tanh")(inputs)
    gate = ops.softmax(layers.Dense(3)(inputs), axis=-1)
    best = ops.sum(ops.one_hot(ops.top_k(gate, 2)[1], 3), axis=1) * gate
    y = ops.einsum("be,beo->bo", best / ops.sum(best, -1, keepdims=True), experts)
    y = layers.ActivityRegularization(l2=0.01)(y)
    q = layers.Dense(3)(ops.einsum("be,beo->bo", gate, experts))
    middle = q[:, :1] + ops.softplus(q[:, 1:2])
    quantiles = ops.concatenate([q[:, 0:1], middle, middle + ops.softplus(q[..., 2:])], axis=-1)
    click = layers.Dense(1, activation="sigmoid", name="click")(y)
    model = keras.Model(inputs, {"click": click, "quantiles": quantiles})
    model.compile(
        adam(),
        {"click": "binary_crossentropy", "quantiles": "huber"},
        loss_weights={"click": 1.0, "quantiles": 0.25},
        metrics={"click": ["accuracy", "AUC"], "quantiles": ["mae"]},
        weighted_metrics={"click": ["accuracy"]},
    )
    y = {"click": (LABELS > 0)[:, None].astype(int), "quantiles": normal(3)}
    weights = {"click": GENERATOR.random(SAMPLES), "quantiles": GENERATOR.random(SAMPLES)}
    validation = (normal(5), y)
    return model, normal(5), y, {"sample_weight": weights, "validation_data": validation}


CASES = [
    deep_transformer,
    masked_blocks,
    language_model_by_operations,
    fourier_and_gated_mixing,
    states_of_stacked_cells,
    dictionaries_of_states,
    fed_back_forecast,
    attention_to_words_of_sentences,
    tagged_words,
    gated_dilated_convolutions,
    selected_variables,
    factorization_machine,
    experts_of_several_tasks,
]
