"""The policy gradient in Keras: cross-entropy with the action taken, weighted by its advantage."""

import keras
import numpy as np
from keras import layers, ops


def policy_loss():
    """−Σ A log π(a): the loss of a classifier, with advantages for sample weights."""

    def loss(logits, action, advantage):
        cross_entropy = keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, reduction="sum", dtype=logits.dtype
        )
        return cross_entropy(action, logits, sample_weight=advantage)

    return loss


def build_policy(bandits, arms, rate):
    """A bandit's number in, the logits of its arms out; all arms alike to begin with."""
    policy = layers.Embedding(bandits, arms, embeddings_initializer="zeros")
    model = keras.Sequential([layers.Input((), dtype="int32"), policy])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
    model.compile(keras.optimizers.SGD(rate), loss=loss)
    return model


def draw_action(pi, u):
    """The action in whose share of (0, 1) u falls."""
    return np.minimum((np.cumsum(pi, axis=1) < u[:, None]).sum(axis=1), pi.shape[1] - 1)


def reinforce(model, worth, baseline, steps, generator):
    """Bandits side by side, each pulled once a step: yields the logits after each step."""
    n = len(worth)
    numbers, total = np.arange(n), np.zeros_like(worth[:, 0])
    for step in range(steps):
        pi = ops.convert_to_numpy(ops.softmax(model.predict_on_batch(numbers)))
        action = draw_action(pi, generator.random(n))
        reward = worth[numbers, action] + generator.normal(size=n).astype(worth.dtype)
        expected = total / max(step, 1) if baseline else 0 * total
        model.train_on_batch(numbers, action, sample_weight=reward - expected)
        total = total + reward
        yield model.get_weights()[0]


def gradients(worth, baselines, number, generator, gradient_of):
    """Mean gradients of one pull each, by what is taken off the reward, (baselines, k)."""
    action = generator.integers(0, len(worth), number)
    reward = worth[action] + generator.normal(size=number).astype(worth.dtype)
    logits, mean = np.zeros((number, len(worth)), worth.dtype), []
    for baseline in baselines:
        advantage = reward - worth.dtype.type(baseline)

        def loss(logits, advantage=advantage):
            return policy_loss()(logits, action, advantage)

        _, (g,) = gradient_of(loss, [logits], np.ones((), worth.dtype))
        mean.append(np.mean(g, axis=0))
    return {"mean": np.stack(mean)}


def learning(worth, offsets, rates, steps, every, kept, seed):
    """The logits after the first steps, (offsets, 2, rates, n, k); NumPy takes them all."""
    logits, model = [], build_policy(*worth.shape, rates[0])
    for offset in offsets:
        for baseline in (False, True):
            for rate in rates:
                model.set_weights([np.zeros_like(worth)])
                model.optimizer.learning_rate = rate
                moved = worth + worth.dtype.type(offset)
                generator = np.random.default_rng(seed)
                *_, last = reinforce(model, moved, baseline, kept, generator)
                logits.append(last)
    return {"logits": np.reshape(logits, (len(offsets), 2, len(rates), *worth.shape))}
