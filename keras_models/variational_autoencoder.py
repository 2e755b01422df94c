"""A variational autoencoder in Keras: the loss is added in `call`, the noise is an input."""

import keras
import numpy as np
from keras import layers, ops

LATENT = 2


def reparameterize():
    """Draw z from N(mean, exp(log_var)) as a function of mean and log_var that has a gradient."""
    return lambda mean, log_var, eps: mean + ops.exp(log_var / 2) * eps


def gaussian_kl():
    """Kullback-Leibler divergence from the prior N(0, 1), in nats, summed over each row's code."""
    return lambda mean, log_var: 0.5 * ops.sum(mean**2 + ops.exp(log_var) - 1 - log_var, axis=1)


def negative_elbo(kl_weight):
    """What an image costs in nats: its pixels under the decoder, and its code under the prior."""
    kl = gaussian_kl()
    return lambda logits, mean, log_var, x: (
        ops.sum(ops.softplus(logits) - x * logits, axis=1) + kl_weight * kl(mean, log_var)
    )


class VariationalAutoencoder(keras.Model):
    """Encoder, draw and decoder in one model, so that `train_on_batch` trains both."""

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def call(self, inputs):
        """The logits of the pixels; the loss is added on the way."""
        x, eps = inputs
        mean, log_var = self.encoder(x)
        logits = self.decoder(reparameterize()(mean, log_var, eps))
        loss = negative_elbo(self.encoder.kl_weight)(logits, mean, log_var, x)
        self.add_loss(ops.mean(loss))
        return logits


def build_model(kl_weight):
    """Encoder 784-128-(mean, log_var of 2 numbers), decoder 2-128-784 that ends in logits."""
    x = layers.Input((784,))
    hidden = layers.Dense(128, activation="relu")(x)
    encoder = keras.Model(x, [layers.Dense(LATENT)(hidden), layers.Dense(LATENT)(hidden)])
    decoder = keras.Sequential(
        [layers.Input((LATENT,)), layers.Dense(128, activation="relu"), layers.Dense(784)]
    )
    encoder.kl_weight = kl_weight
    encoder.compile(optimizer=keras.optimizers.Adam(learning_rate=0.005))  # of both models' weights
    return {"encoder": encoder, "decoder": decoder}


def train(models, data, generator, batch_size):
    """One `train_on_batch` of both models after another."""
    encoder, decoder = models["encoder"], models["decoder"]
    whole = VariationalAutoencoder(encoder, decoder)
    whole.compile(optimizer=encoder.optimizer)
    while True:
        x = data.x_train[generator.integers(0, len(data.x_train), batch_size)]
        eps = generator.standard_normal((batch_size, LATENT), "float32")
        yield {"loss": whole.train_on_batch([x, eps])}


def costs(models, x):
    """Loss and KL term for each image in nats, one code drawn for each: (batch, 2)."""
    eps = np.random.default_rng(0).standard_normal((len(x), LATENT), "float32")
    mean, log_var = models["encoder"].predict_on_batch(x)
    z = ops.convert_to_numpy(reparameterize()(mean, log_var, eps))
    logits = models["decoder"].predict_on_batch(z)
    loss = negative_elbo(models["encoder"].kl_weight)(logits, mean, log_var, x)
    return ops.convert_to_numpy(ops.stack([loss, gaussian_kl()(mean, log_var)], axis=1))


def pictures(models, data):
    """The latent plane decoded, digits from drawn codes, and where the test images lie.

    Codes are drawn from the prior for `samples`, and for `fitted` from the normal distribution
    with the mean and covariance of the training images' codes.
    """
    side = np.linspace(-2, 2, 15, dtype="float32")
    plane = np.stack(np.meshgrid(side, -side), axis=-1).reshape(-1, LATENT)
    prior = np.random.default_rng(0).standard_normal((500, LATENT), "float32")

    def decode(z):
        pixels = ops.convert_to_numpy(ops.sigmoid(models["decoder"].predict_on_batch(z)))
        return np.uint8(255 * pixels).reshape(-1, 28, 28)

    mean, log_var = models["encoder"].predict_on_batch(data.x_train)
    covariance = np.cov(mean, rowvar=False) + np.diag(np.exp(log_var).mean(axis=0))
    own = mean.mean(axis=0) + prior @ np.linalg.cholesky(covariance).T
    return {
        "plane": decode(plane),
        "samples": decode(prior),
        "fitted": decode(own.astype("float32")),
        "codes": models["encoder"].predict_on_batch(data.x_test)[0],
        "digits": data.y_test,
    }
