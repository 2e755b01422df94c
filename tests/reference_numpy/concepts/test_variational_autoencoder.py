"""What the proof of the variational autoencoder cannot say: whence the drawn codes come."""

from types import SimpleNamespace

import numpy as np

from reference_numpy.concepts import variational_autoencoder as half


class Told:
    """A model that gives what it was told to, and keeps what it was given."""

    def __init__(self, gives):
        self.gives, self.given = gives, []

    def predict(self, x, verbose):
        self.given.append(x)
        return self.gives(x)


def test_codes_are_drawn_from_the_prior_and_from_the_distribution_of_the_training_codes():
    draw = np.random.default_rng(1).multivariate_normal
    middle, spread, variance = [3.0, -1.0], [[9.0, 5.4], [5.4, 4.0]], 2.0
    means = draw(middle, spread, 20_000).astype("float32")
    log_vars = np.full_like(means, np.log(variance))
    data = SimpleNamespace(x_train=means, x_test=means[:3], y_test=np.arange(3))
    encoder = Told(lambda x: [x, log_vars[: len(x)]])
    decoder = Told(lambda z: np.zeros((len(z), 784), "float32"))
    found = half.pictures({"encoder": encoder, "decoder": decoder}, data)
    assert found["samples"].shape == found["fitted"].shape == (500, 28, 28)
    _, prior, fitted = decoder.given
    # A standard error of 500 draws is 0.045 of a deviation, 0.06 of a variance, 0.08 of 5.4.
    np.testing.assert_allclose(prior.mean(axis=0), 0, atol=0.18)
    np.testing.assert_allclose(np.cov(prior.T), np.eye(2), atol=0.25)
    np.testing.assert_allclose(fitted.mean(axis=0), middle, atol=0.18 * 11**0.5)
    np.testing.assert_allclose(np.cov(fitted.T), spread + variance * np.eye(2), rtol=0.25)
