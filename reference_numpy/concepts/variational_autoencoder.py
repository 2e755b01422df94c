"""A variational autoencoder: a code that is drawn, so that new codes may be drawn too."""

import numpy as np

import reference_numpy as rn

LATENT = 2


def reparameterize(mean, log_var, eps):
    """Draw z from N(mean, exp(log_var)) as a function of mean and log_var that has a gradient.

    z = mean + σ ε with σ = exp(log_var / 2); the chance is all in ε ~ N(0, 1). Any shape.

    Source: Kingma & Welling 2013, Auto-encoding variational Bayes, 2.4.
    """
    deviation = np.exp(log_var / 2)
    return mean + deviation * eps, (deviation, eps)


def reparameterize_backward(dz, cache):
    """dmean = dz, dlog_var = dz ε σ / 2; no weight hangs on ε."""
    deviation, eps = cache
    return dz, dz * eps * deviation / 2


def gaussian_kl(mean, log_var):
    """Kullback-Leibler divergence from the prior N(0, 1), in nats, summed over each row's code.

    kl = ½ Σ (mean² + σ² − 1 − log σ²); mean, log_var: (batch, latent), kl: (batch,).

    Source: Kingma & Welling 2013, appendix B.
    """
    kl = (mean**2 + np.exp(log_var) - 1 - log_var).sum(axis=1) / 2
    return kl, (mean, log_var)


def gaussian_kl_backward(dkl, cache):
    """dmean = dkl mean, dlog_var = dkl (σ² − 1) / 2."""
    mean, log_var = cache
    dkl = dkl[:, None]
    return dkl * mean, dkl * (np.exp(log_var) - 1) / 2


def negative_elbo(logits, mean, log_var, x, kl_weight=1.0):
    """What an image costs in nats: its pixels under the decoder, and its code under the prior.

    loss = Σ (log(1 + eᵃ) − x a) + kl_weight · KL; logits a and x: (batch, pixels), loss: (batch,).
    With `kl_weight` 1 it is the evidence lower bound (ELBO) with its sign turned.

    Source: Kingma & Welling 2013, (10) and appendix C.1.
    """
    pixels = (np.logaddexp(0, logits) - x * logits).sum(axis=1)
    kl, kl_cache = gaussian_kl(mean, log_var)
    return pixels + kl_weight * kl, (logits, x, kl_weight, kl_cache)


def negative_elbo_backward(dloss, cache):
    """da = dloss (sigmoid(a) − x); mean and log_var as in the KL term."""
    logits, x, kl_weight, kl_cache = cache
    sigmoid = np.exp(-np.logaddexp(0, -logits))
    return dloss[:, None] * (sigmoid - x), *gaussian_kl_backward(kl_weight * dloss, kl_cache)


def build_model(kl_weight):
    """Encoder 784-128-(mean, log_var of 2 numbers), decoder 2-128-784 that ends in logits."""
    x = rn.Input((784,))
    hidden = rn.layers.Dense(128, activation="relu")(x)
    encoder = rn.Model(x, [rn.layers.Dense(LATENT)(hidden), rn.layers.Dense(LATENT)(hidden)])
    decoder = rn.Sequential(
        [
            rn.Input((LATENT,)),
            rn.layers.Dense(128, activation="relu"),
            rn.layers.Dense(784),
        ]
    )
    encoder.kl_weight = kl_weight
    encoder.compile(optimizer=rn.optimizers.Adam(learning_rate=0.005))  # of both models' weights
    return {"encoder": encoder, "decoder": decoder}


def train(models, data, generator, batch_size):
    """Encode, draw, decode; the loss backward through all three; one update of both models."""
    encoder, decoder = models["encoder"], models["decoder"]
    while True:
        x = data.x_train[generator.integers(0, len(data.x_train), batch_size)]
        eps = generator.standard_normal((batch_size, LATENT), "float32")
        (mean, log_var), encoded = encoder.forward(x, training=True)
        z, drawn = reparameterize(mean, log_var, eps)
        logits, decoded = decoder.forward(z, training=True)
        loss, measured = negative_elbo(logits, mean, log_var, x, encoder.kl_weight)

        dloss = np.full_like(loss, 1 / batch_size)  # of the mean over the batch
        dlogits, dmean, dlog_var = negative_elbo_backward(dloss, measured)
        dz, decoder_grads = decoder.backward(dlogits, decoded)
        dmean_of_z, dlog_var_of_z = reparameterize_backward(dz, drawn)
        dcode = [dmean + dmean_of_z, dlog_var + dlog_var_of_z]
        _, encoder_grads = encoder.backward(dcode, encoded)
        encoder.optimizer.apply(
            encoder_grads + decoder_grads, encoder.trainable_weights + decoder.trainable_weights
        )
        yield {"loss": loss.mean()}


def costs(models, x):
    """Loss and KL term for each image in nats, one code drawn for each: (batch, 2)."""
    eps = np.random.default_rng(0).standard_normal((len(x), LATENT), "float32")
    mean, log_var = models["encoder"].predict(x, verbose=0)
    z, _ = reparameterize(mean, log_var, eps)
    logits = models["decoder"].predict(z, verbose=0)
    loss, _ = negative_elbo(logits, mean, log_var, x, models["encoder"].kl_weight)
    return np.stack([loss, gaussian_kl(mean, log_var)[0]], axis=1)


def pictures(models, data):
    """The latent plane decoded, digits from drawn codes, and where the test images lie.

    Codes are drawn from the prior for `samples`, and for `fitted` from the normal distribution
    with the mean and covariance of the training images' codes.
    """
    side = np.linspace(-2, 2, 15, dtype="float32")
    plane = np.stack(np.meshgrid(side, -side), axis=-1).reshape(-1, LATENT)
    prior = np.random.default_rng(0).standard_normal((500, LATENT), "float32")

    def decode(z):
        pixels = np.exp(-np.logaddexp(0, -models["decoder"].predict(z, verbose=0)))
        return np.uint8(255 * pixels).reshape(-1, 28, 28)

    mean, log_var = models["encoder"].predict(data.x_train, verbose=0)
    covariance = np.cov(mean, rowvar=False) + np.diag(np.exp(log_var).mean(axis=0))
    own = mean.mean(axis=0) + prior @ np.linalg.cholesky(covariance).T
    return {
        "plane": decode(plane),
        "samples": decode(prior),
        "fitted": decode(own.astype("float32")),
        "codes": models["encoder"].predict(data.x_test, verbose=0)[0],
        "digits": data.y_test,
    }
