"""A conditional variational autoencoder in Keras: the label is a second input of both networks."""

import keras
import numpy as np
from keras import layers, ops

LATENT, DIGITS, PIXELS, STYLES = 8, 10, 196, 50


def with_label(number):
    """What a network is told: x and, behind it, the label as a one-hot row."""
    return lambda x, label: layers.Concatenate(dtype=x.dtype)(
        [x, ops.one_hot(label, number, dtype=x.dtype)]
    )


def bias_by_label():
    """The same in front of a layer of weights, as Keras has it: one kernel for both."""
    tell = with_label(DIGITS)
    return lambda x, label, weight, label_weight: ops.matmul(
        tell(x, label), ops.concatenate([weight, label_weight])
    )


def negative_elbo(logits, mean, log_var, x):
    """What an image costs in nats, and the KL term in it."""
    kl = 0.5 * ops.sum(mean**2 + ops.exp(log_var) - 1 - log_var, axis=1)
    return ops.sum(ops.softplus(logits) - x * logits, axis=1) + kl, kl


class ConditionalAutoencoder(keras.Model):
    """Encoder, draw and decoder in one model, so that `train_on_batch` trains both."""

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def call(self, inputs):
        """The logits of the pixels; the loss is added on the way."""
        x, label, eps = inputs
        mean, log_var = self.encoder([x, label])
        logits = self.decoder([mean + ops.exp(log_var / 2) * eps, label])
        self.add_loss(ops.mean(negative_elbo(logits, mean, log_var, x)[0]))
        return logits


def build_model(told):
    """Encoder 196+10-128-(mean, log_var of LATENT numbers), decoder LATENT+10-128-196 (logits).

    Without `told` every label is a row of zeros: the same networks, told nothing.
    """
    image, label = layers.Input((PIXELS,)), layers.Input((DIGITS,))
    hidden = layers.Concatenate()([image, label])
    hidden = layers.Dense(128, activation="relu")(hidden)
    outputs = [layers.Dense(LATENT)(hidden), layers.Dense(LATENT)(hidden)]
    encoder = keras.Model([image, label], outputs)

    code, label = layers.Input((LATENT,)), layers.Input((DIGITS,))
    hidden = layers.Concatenate()([code, label])
    hidden = layers.Dense(128, activation="relu")(hidden)
    decoder = keras.Model([code, label], layers.Dense(PIXELS)(hidden))
    encoder.told = told
    encoder.compile(optimizer=keras.optimizers.Adam(learning_rate=0.005))  # of both models' weights
    return {"encoder": encoder, "decoder": decoder}


def train(models, data, generator, batch_size):
    """One `train_on_batch` of both models after another."""
    encoder, decoder = models["encoder"], models["decoder"]
    whole = ConditionalAutoencoder(encoder, decoder)
    whole.compile(optimizer=encoder.optimizer)
    # Made before the first step, or TensorFlow traces it twice.
    encoder.optimizer.build(encoder.trainable_variables + decoder.trainable_variables)
    while True:
        chosen = generator.integers(0, len(data.y_train), batch_size)
        x, label = data.x_train["image"][chosen], data.x_train["label"][chosen] * encoder.told
        eps = generator.standard_normal((batch_size, LATENT), "float32")
        yield {"loss": whole.train_on_batch([x, label, eps])}


def costs(models, x):
    """Loss and KL term for each image in nats, one code drawn for each: (batch, 2)."""
    eps = np.random.default_rng(0).standard_normal((len(x["label"]), LATENT), "float32")
    label = x["label"] * models["encoder"].told
    mean, log_var = models["encoder"].predict_on_batch([x["image"], label])
    z = mean + np.exp(log_var / 2) * eps
    logits = models["decoder"].predict_on_batch([z, label])
    tensors = map(ops.convert_to_tensor, (logits, mean, log_var, x["image"]))
    return ops.convert_to_numpy(ops.stack(negative_elbo(*tensors), axis=1))


def made(models, data):
    """Digits by style and label, digits between two styles, and the test images' codes.

    `grid` (STYLES, DIGITS, 14, 14): row by row one code from the prior, column by column a label.
    """
    z = np.random.default_rng(0).standard_normal((STYLES, LATENT), "float32")
    share = np.linspace(0, 1, 11, dtype="float32")[:, None]
    told = models["encoder"].told
    image, label = data.x_test["image"], data.x_test["label"] * told

    def decode(z):
        labels = np.tile(np.eye(DIGITS, dtype="float32") * told, (len(z), 1))
        logits = models["decoder"].predict_on_batch([np.repeat(z, DIGITS, axis=0), labels])
        pixels = ops.convert_to_numpy(ops.sigmoid(logits))
        return np.uint8(255 * pixels).reshape(-1, DIGITS, 14, 14)

    return {
        "grid": decode(z),
        "between": decode((1 - share) * z[0] + share * z[1]),
        "codes": models["encoder"].predict_on_batch([image, label])[0],
        "digits": data.y_test,
    }
