"""A conditional variational autoencoder: it is told the digit, and makes the one asked for."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.categorical_encoding import one_hot
from reference_numpy.concepts.variational_autoencoder import (
    gaussian_kl,
    negative_elbo,
    negative_elbo_backward,
    reparameterize,
    reparameterize_backward,
)

LATENT, DIGITS, PIXELS, STYLES = 8, 10, 196, 50


def with_label(x, label, number):
    """What a network is told: x and, behind it, the label as a one-hot row.

    Args:
        x: (n, inputs). label: (n,) whole numbers below `number`.

    Source: Mirza & Osindero 2014, Conditional generative adversarial nets.
    """
    return np.concatenate([x, one_hot(label, number, x.dtype)], axis=1), x.shape[1]


def with_label_backward(dy, cache):
    """x takes its columns; a label is a whole number and has no gradient."""
    inputs = cache
    return dy[:, :inputs]


def bias_by_label(x, label, weight, label_weight):
    """The same in front of a layer of weights: each label has a bias of its own.

    y = x W + V[label] = [x, one-hot(label)] [W; V]; W: (inputs, units), V: (number, units).

    Source: Goodfellow et al., Deep Learning, 12.4.2 (a one-hot row picks a row of V).
    """
    return x @ weight + label_weight[label], (x, label, weight, label_weight)


def bias_by_label_backward(dy, cache):
    """Each row of V learns from the examples of its label alone."""
    x, label, weight, label_weight = cache
    dlabel_weight = np.zeros_like(label_weight)
    np.add.at(dlabel_weight, label, dy)
    return dy @ weight.T, x.T @ dy, dlabel_weight


def build_model(told):
    """Encoder 196+10-128-(mean, log_var of LATENT numbers), decoder LATENT+10-128-196 (logits).

    Without `told` every label is a row of zeros: the same networks, told nothing.
    """
    image, label = rn.Input((PIXELS,)), rn.Input((DIGITS,))
    hidden = rn.layers.Concatenate()([image, label])
    hidden = rn.layers.Dense(128, activation="relu")(hidden)
    outputs = [rn.layers.Dense(LATENT)(hidden), rn.layers.Dense(LATENT)(hidden)]
    encoder = rn.Model([image, label], outputs)

    code, label = rn.Input((LATENT,)), rn.Input((DIGITS,))
    hidden = rn.layers.Concatenate()([code, label])
    hidden = rn.layers.Dense(128, activation="relu")(hidden)
    decoder = rn.Model([code, label], rn.layers.Dense(PIXELS)(hidden))
    encoder.told = told
    encoder.compile(optimizer=rn.optimizers.Adam(learning_rate=0.005))  # of both models' weights
    return {"encoder": encoder, "decoder": decoder}


def train(models, data, generator, batch_size):
    """As a variational autoencoder; encoder and decoder are told the label too."""
    encoder, decoder = models["encoder"], models["decoder"]
    while True:
        chosen = generator.integers(0, len(data.y_train), batch_size)
        x, label = data.x_train["image"][chosen], data.x_train["label"][chosen] * encoder.told
        eps = generator.standard_normal((batch_size, LATENT), "float32")
        (mean, log_var), encoded = encoder.forward([x, label], training=True)
        z, drawn = reparameterize(mean, log_var, eps)
        logits, decoded = decoder.forward([z, label], training=True)
        loss, measured = negative_elbo(logits, mean, log_var, x)

        dloss = np.full_like(loss, 1 / batch_size)  # of the mean over the batch
        dlogits, dmean, dlog_var = negative_elbo_backward(dloss, measured)
        (dz, _), decoder_grads = decoder.backward(dlogits, decoded)
        dmean_of_z, dlog_var_of_z = reparameterize_backward(dz, drawn)
        dcode = [dmean + dmean_of_z, dlog_var + dlog_var_of_z]
        _, encoder_grads = encoder.backward(dcode, encoded)
        encoder.optimizer.apply(
            encoder_grads + decoder_grads, encoder.trainable_weights + decoder.trainable_weights
        )
        yield {"loss": loss.mean()}


def costs(models, x):
    """Loss and KL term for each image in nats, one code drawn for each: (batch, 2)."""
    eps = np.random.default_rng(0).standard_normal((len(x["label"]), LATENT), "float32")
    label = x["label"] * models["encoder"].told
    mean, log_var = models["encoder"].predict([x["image"], label], verbose=0)
    z, _ = reparameterize(mean, log_var, eps)
    logits = models["decoder"].predict([z, label], verbose=0)
    loss, _ = negative_elbo(logits, mean, log_var, x["image"])
    return np.stack([loss, gaussian_kl(mean, log_var)[0]], axis=1)


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
        logits = models["decoder"].predict([np.repeat(z, DIGITS, axis=0), labels], verbose=0)
        pixels = np.exp(-np.logaddexp(0, -logits))
        return np.uint8(255 * pixels).reshape(-1, DIGITS, 14, 14)

    return {
        "grid": decode(z),
        "between": decode((1 - share) * z[0] + share * z[1]),
        "codes": models["encoder"].predict([image, label], verbose=0)[0],
        "digits": data.y_test,
    }
