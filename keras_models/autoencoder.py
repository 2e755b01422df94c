"""Autoencoders in Keras: Dense layers, narrow in the middle, whose target is their input."""

import keras
import numpy as np
from keras import layers, ops


def principal_components(number):
    """The directions along which centred examples vary most, (inputs, number), of length 1."""

    def components(x):
        _, _, rows = ops.svd(x - ops.mean(x, axis=0), full_matrices=False)
        found = ops.transpose(rows[:number])
        largest = ops.argmax(ops.abs(found), axis=0)
        return found * ops.sign(ops.take_along_axis(found, largest[None], axis=0))

    return components


def linear_autoencoder():
    """The mean squared error of what comes back through a narrow code."""
    return lambda x, encoder, decoder: ops.mean((x @ encoder @ decoder - x) ** 2)


def overlap(decoder, components):
    """The share of one subspace within the other: 1 where decoder rows and components span one."""
    basis, _ = ops.qr(ops.transpose(decoder))
    return ops.sum((ops.transpose(components) @ basis) ** 2) / components.shape[1]


def subspaces(x, encoder, decoder, learning_rate, steps):
    """A linear autoencoder by descent: two Dense layers without bias. Returns: the NumPy half."""
    model = keras.Sequential([layers.Input(x.shape[1:])])
    model.add(layers.Dense(encoder.shape[1], use_bias=False))
    model.add(layers.Dense(decoder.shape[1], use_bias=False))
    model.compile(keras.optimizers.SGD(learning_rate), loss="mse")
    model.set_weights([encoder, decoder])
    components, decoders = principal_components(len(decoder))(ops.convert_to_tensor(x)), []
    for step in range(steps[-1] + 1):
        if step in steps:
            decoders.append(model.get_weights()[1])
        model.train_on_batch(x, x)
    overlaps = [overlap(ops.convert_to_tensor(d), components) for d in decoders]
    return {
        "decoders": np.stack(decoders),
        "overlaps": ops.convert_to_numpy(ops.stack(overlaps)),
        "components": ops.convert_to_numpy(components),
    }


def build_model(codes, noise, learning_rate):
    """49 pixels, noise in training, an encoder 49-128-codes and a decoder codes-128-49."""
    encoder = keras.Sequential([layers.Input((49,)), layers.Dense(128, activation="relu")])
    encoder.add(layers.Dense(codes))
    decoder = keras.Sequential([layers.Input((codes,)), layers.Dense(128, activation="relu")])
    decoder.add(layers.Dense(49))
    model = keras.Sequential([layers.Input((49,))])
    if noise:
        model.add(layers.GaussianNoise(noise))
    model.add(encoder)
    model.add(decoder)
    model.compile(keras.optimizers.Adam(learning_rate), loss="mse")
    return model


def by_components(data, x, number):
    """What PCA gives back of some images, through so many numbers."""
    mean = data.x_train.mean(axis=0)
    found = principal_components(number)(ops.convert_to_tensor(data.x_train))
    components = ops.convert_to_numpy(found)
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
