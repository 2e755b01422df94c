"""The policy gradient: REINFORCE on bandits, with and without a baseline."""

import numpy as np

from reference_numpy.concepts.output_layers import softmax


def policy_loss(logits, action, advantage):
    """−Σ A log π(a): cross-entropy with the action taken, times how good it was; logits: (n, k).

    Source: Williams 1992, Simple statistical gradient-following algorithms (REINFORCE).
    """
    logits = logits - logits.max(axis=1, keepdims=True)
    log_pi = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    taken = log_pi[np.arange(len(logits)), action]
    return -(advantage * taken).sum(), (np.exp(log_pi), action, advantage)


def policy_loss_backward(dloss, cache):
    """A (π − 1ₐ): what was better than expected becomes likelier, the rest less likely."""
    pi, action, advantage = cache
    return dloss * advantage[:, None] * (pi - np.eye(pi.shape[1], dtype=pi.dtype)[action])


def draw_action(pi, u):
    """The action in whose share of (0, 1) u falls; pi: (n, k), u: (n,)."""
    return np.minimum((np.cumsum(pi, axis=1) < u[:, None]).sum(axis=1), pi.shape[1] - 1)


def reinforce(worth, rate, baseline, steps, generator):
    """Bandits side by side, (n, k), each pulled once a step: yields the logits after each step.

    Args:
        worth: the mean reward of each arm; a reward has standard deviation 1.
        baseline: whether the mean of the rewards so far is taken off a reward.
    """
    n = len(worth)
    logits, total = np.zeros_like(worth), np.zeros_like(worth[:, 0])
    for step in range(steps):
        action = draw_action(softmax(logits)[0], generator.random(n))
        reward = worth[np.arange(n), action] + generator.normal(size=n).astype(worth.dtype)
        expected = total / max(step, 1) if baseline else 0 * total
        _, cache = policy_loss(logits, action, reward - expected)
        logits = logits - worth.dtype.type(rate) * policy_loss_backward(1, cache)
        total = total + reward
        yield logits


def gradients(worth, baselines, number, generator):
    """Gradients of one pull each, from equal logits, by what is taken off the reward.

    Args:
        worth: (k,). baselines: numbers. number: of pulls.

    Returns:
        Their mean, (baselines, k), and their variance, (baselines,).
    """
    action = generator.integers(0, len(worth), number)
    reward = worth[action] + generator.normal(size=number).astype(worth.dtype)
    logits = np.zeros((number, len(worth)), worth.dtype)
    mean, variance = [], []
    for baseline in baselines:
        _, cache = policy_loss(logits, action, reward - worth.dtype.type(baseline))
        g = policy_loss_backward(1, cache)
        mean.append(g.mean(axis=0))
        variance.append(g.var(axis=0).sum())
    return {"mean": np.stack(mean), "variance": np.array(variance)}


def learning(worth, offsets, rates, steps, every, kept, seed):
    """REINFORCE without and with a baseline, where all rewards are raised by each offset.

    Returns:
        `best`, the share of the best arm in the policy, every so many steps, (offsets, 2, rates,
        steps / every); and the `logits` after the `kept` first steps, (offsets, 2, rates, n, k).
    """
    best, logits = [], []
    rows, right = np.arange(len(worth)), worth.argmax(axis=1)
    for offset in offsets:
        for baseline in (False, True):
            for rate in rates:
                generator = np.random.default_rng(seed)
                moved = worth + worth.dtype.type(offset)
                run = list(reinforce(moved, rate, baseline, steps, generator))
                shown = run[every - 1 :: every]
                best.append([softmax(own)[0][rows, right].mean() for own in shown])
                logits.append(run[kept - 1])
    shape = len(offsets), 2, len(rates)
    return {
        "best": np.reshape(best, (*shape, -1)),
        "logits": np.reshape(logits, (*shape, *worth.shape)),
    }
