"""Autoencoders: a linear one beside principal components, and deeper ones that remove noise."""

import numpy as np

import reference_numpy as rn


def principal_components(x, number):
    """The directions along which centred examples vary most, (inputs, number), of length 1.

    Each sign is chosen so that the largest entry is positive.

    Source: Goodfellow et al., Deep Learning, 2.12.
    """
    _, _, rows = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    components = rows[:number].T
    largest = np.abs(components).argmax(axis=0)
    return components * np.sign(components[largest, np.arange(number)])


def linear_autoencoder(x, encoder, decoder):
    """Through a narrow code and back: y = x E D, and the mean squared error of y against x.

    Args:
        x: (n, inputs). encoder: (inputs, codes). decoder: (codes, inputs).

    Source: Baldi & Hornik 1989, Neural networks and principal component analysis.
    """
    code = x @ encoder
    error = code @ decoder - x
    return np.mean(error**2), (x, code, error, encoder, decoder)


def linear_autoencoder_backward(dy, cache):
    """x is the input and the target too: it has a gradient from both."""
    x, code, error, encoder, decoder = cache
    derror = dy * 2 * error / error.size
    dcode = derror @ decoder.T
    return dcode @ encoder.T - derror, x.T @ dcode, code.T @ derror


def overlap(decoder, components):
    """The share of one subspace within the other: 1 where decoder rows and components span one."""
    basis, _ = np.linalg.qr(decoder.T)
    return np.sum((components.T @ basis) ** 2) / components.shape[1]


def subspaces(x, encoder, decoder, learning_rate, steps):
    """A linear autoencoder by descent: the decoder after some of the steps, and the components.

    Args:
        x: (n, inputs), centred. steps: after how many steps to look.

    Returns:
        `decoders` (looks, codes, inputs), `overlaps` (looks,), `components` (inputs, codes).
    """
    components, decoders = principal_components(x, len(decoder)), []
    for step in range(steps[-1] + 1):
        if step in steps:
            decoders.append(decoder)
        _, cache = linear_autoencoder(x, encoder, decoder)
        _, dencoder, ddecoder = linear_autoencoder_backward(1, cache)
        encoder, decoder = encoder - learning_rate * dencoder, decoder - learning_rate * ddecoder
    overlaps = np.stack([overlap(d, components) for d in decoders])
    return {"decoders": np.stack(decoders), "overlaps": overlaps, "components": components}


def build_model(codes, noise, learning_rate):
    """49 pixels, noise in training, an encoder 49-128-codes and a decoder codes-128-49."""
    encoder = rn.Sequential([rn.Input((49,)), rn.layers.Dense(128, activation="relu")])
    encoder.add(rn.layers.Dense(codes))
    decoder = rn.Sequential([rn.Input((codes,)), rn.layers.Dense(128, activation="relu")])
    decoder.add(rn.layers.Dense(49))
    model = rn.Sequential([rn.Input((49,))])
    if noise:
        model.add(rn.layers.GaussianNoise(noise))
    model.add(encoder)
    model.add(decoder)
    model.compile(rn.optimizers.Adam(learning_rate), loss="mse")
    return model


def by_components(data, x, number):
    """What PCA gives back of some images, through so many numbers."""
    mean = data.x_train.mean(axis=0)
    components = principal_components(data.x_train, number)
    return (x - mean) @ components @ components.T + mean


def cleaned_by_components(data):
    """Noisy test images through as many components as suit validation images as noisy best."""
    clean = data.x_validation
    noisy = clean + (data.x_test - data.y_test)[: len(clean)]
    errors = {
        number: np.mean((by_components(data, noisy, number) - clean) ** 2)
        for number in range(4, 25, 2)
    }
    return by_components(data, data.x_test, min(errors, key=errors.get))


def looked_at(model, data):
    """The plane of the first two codes decoded, noisy images cleaned, and PCA beside both."""
    encoder, decoder = model.layers[-2:]
    codes = encoder.predict(data.y_test, verbose=0)
    low, high = np.quantile(codes[:, :2], (0.02, 0.98), axis=0)
    across, down = np.meshgrid(np.linspace(0, 1, 15), np.linspace(1, 0, 15))
    plane = np.zeros((across.size, codes.shape[1]), codes.dtype)
    plane[:, :2] = low + (high - low) * np.stack([across.ravel(), down.ravel()], axis=1)
    clean, by_pca = decoder.predict(codes, verbose=0), cleaned_by_components(data)
    return {
        "plane": decoder.predict(plane, verbose=0),
        "cleaned": model.predict(data.x_test[:10], verbose=0),
        "cleaned by PCA": by_pca[:10],
        "clean error": np.mean((clean - data.y_test) ** 2),
        "PCA's clean error": np.mean((by_components(data, data.y_test, 2) - data.y_test) ** 2),
        "PCA's error": np.mean((by_pca - data.y_test) ** 2),
    }
