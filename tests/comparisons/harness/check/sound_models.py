"""Sound Keras models as people write them: no backend computes any of them wrong."""


def lenet():
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="tanh"),
            layers.Dense(84, activation="tanh"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def lstm_stack():
    import keras
    from keras import layers

    return keras.Sequential(
        [
            layers.Input((12, 5)),
            layers.LSTM(16, return_sequences=True, dropout=0.2),
            layers.LSTM(8),
            layers.Dense(1),
        ]
    )


def gru_stack():
    import keras
    from keras import layers

    return keras.Sequential(
        [
            layers.Input((None, 5)),
            layers.GRU(16, return_sequences=True),
            layers.Bidirectional(layers.GRU(8)),
            layers.Dense(3, activation="softmax"),
        ]
    )


def transformer_block():
    import keras
    from keras import layers

    x = inputs = layers.Input((10, 16))
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(4, 4, dropout=0.1)(x, x))
    y = layers.Dense(16)(layers.Dense(32, activation="gelu")(x))
    x = layers.LayerNormalization()(layers.Add()([x, layers.Dropout(0.1)(y)]))
    return keras.Model(inputs, layers.Dense(4)(layers.GlobalAveragePooling1D()(x)))


def thirty_dense_layers():
    import keras
    from keras import layers

    hidden = [
        layers.Dense(32, activation="relu", kernel_initializer="he_normal") for _ in range(29)
    ]
    return keras.Sequential([layers.Input((20,)), *hidden, layers.Dense(1, activation="sigmoid")])


def u_net():
    import keras
    from keras import layers

    def block(x, filters):
        for _ in range(2):
            x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
            x = layers.ReLU()(layers.BatchNormalization()(x))
        return x

    inputs = layers.Input((32, 32, 3))
    first = block(layers.Rescaling(1 / 255)(inputs), 4)
    second = block(layers.MaxPooling2D()(first), 8)
    x = block(layers.MaxPooling2D()(second), 16)
    for skipped, filters in ((second, 8), (first, 4)):
        x = layers.Conv2DTranspose(filters, 2, strides=2)(x)
        x = block(layers.Concatenate()([x, skipped]), filters)
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(x))


def siamese():
    import keras
    from keras import layers

    tower = keras.Sequential(
        [
            layers.Input((16, 16, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(8),
        ],
        name="tower",
    )
    left, right = layers.Input((16, 16, 1), name="left"), layers.Input((16, 16, 1), name="right")
    apart = layers.Subtract()([tower(left), tower(right)])
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid")(apart * apart))


def masked_text():
    import keras
    from keras import layers

    tokens = layers.Input((15,), dtype="int32")
    x = layers.Embedding(50, 8, mask_zero=True)(tokens)
    x = layers.Bidirectional(layers.LSTM(6, return_sequences=True))(x)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(tokens, layers.Dense(1, activation="sigmoid")(x))


def critic():
    import keras
    from keras import layers

    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(8, 5, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2D(16, 5, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


def tabular():
    """Numbers and categories by name."""
    import keras
    from keras import layers

    age, port = layers.Input((1,), name="age"), layers.Input((1,), name="port", dtype="int32")
    kind = layers.Input((3,), name="kind")
    embedded = layers.Flatten()(layers.Embedding(4, 2)(port))
    x = layers.Concatenate()([layers.BatchNormalization()(age), embedded, kind])
    x = layers.Dense(8, activation="relu", kernel_regularizer="l2")(x)
    return keras.Model({"age": age, "port": port, "kind": kind}, layers.Dense(1)(x))


def mobile_net():
    import keras

    return keras.applications.MobileNetV2((64, 64, 3), alpha=0.35, weights=None, classes=10)


def efficient_net():
    import keras

    return keras.applications.EfficientNetB0(input_shape=(32, 32, 3), weights=None, classes=10)


SOUND = (
    lenet,
    lstm_stack,
    gru_stack,
    transformer_block,
    thirty_dense_layers,
    u_net,
    siamese,
    masked_text,
    critic,
    tabular,
    mobile_net,
    efficient_net,
)
