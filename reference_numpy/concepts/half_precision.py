"""Half precision: rounding to float16 and bfloat16, loss scaling, and weights kept in 32 bits."""

import numpy as np

from reference_numpy.concepts.activations import relu, relu_derivative
from reference_numpy.concepts.optimizers import sgd
from reference_numpy.concepts.output_layers import softmax


def round_to_float16(x):
    """To the nearest number of 11 binary digits, its exponent from −14 to 15.

    Below 2⁻¹⁴ digits are lost one by one, below 2⁻²⁵ all of them; beyond 65,504 it is infinite.

    Source: IEEE 754, binary16.
    """
    exponent = np.maximum(np.frexp(x)[1] - 1, -14)
    step = np.ldexp(np.ones_like(x), exponent - 10)
    y = np.round(x / step) * step  # a tie goes to the even one
    return np.where(np.abs(y) > 65504, np.copysign(np.inf, x), y).astype(x.dtype)


def round_to_bfloat16(x):
    """The upper 16 of float32's 32 bits, rounded: the same exponents, 8 binary digits.

    Half of what is cut off is added before the cut; a tie goes to the even one.

    Source: Kalamkar et al. 2019, A study of bfloat16 for deep learning training.
    """
    bits = x.astype("float32").view("uint32")
    bits = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000
    return bits.astype("uint32").view("float32").astype(x.dtype)


def loss_scaling(w, g, scale, steps, learning_rate=0.01, growth_steps=2000):
    """A step with the gradient of a loss that was multiplied by the scale.

    Where it has overflowed, the step is left out and the scale halved; after enough good steps
    it is doubled. So the scale finds itself.

    Source: Micikevicius et al. 2017, Mixed precision training, 3.2 (where the scale is fixed).
    """
    if not np.isfinite(g).all():
        return w, scale / 2, 0
    (w,) = sgd(w, g / scale, learning_rate)
    if steps + 1 == growth_steps:
        return w, scale * 2, 0
    return w, scale, steps + 1


def plain(x):
    """No rounding."""
    return x


# How results are rounded, how the weights that are kept; and whether the loss is scaled.
KINDS = {
    "float32": (plain, plain, False),
    "mixed_float16": (round_to_float16, plain, True),
    "mixed_float16, no scale": (round_to_float16, plain, False),
    "mixed_bfloat16": (round_to_bfloat16, plain, False),
    "bfloat16": (round_to_bfloat16, round_to_bfloat16, False),
}


def errors(x):
    """What rounding makes of the numbers."""
    return {"float16": round_to_float16(x), "bfloat16": round_to_bfloat16(x)}


def running_sums(term, count, every):
    """A number added again and again in three precisions: the sum after every so many.

    Args:
        term: (1,).
    """
    found = {}
    roundings = {"float32": plain, "float16": round_to_float16, "bfloat16": round_to_bfloat16}
    for name, rounded in roundings.items():
        total, sums = np.zeros_like(term), []
        for _ in range(count):
            total = rounded(total + rounded(term))
            sums.append(total)
        found[name] = np.concatenate(sums[every - 1 :: every])
    return found


def forward(x, weights, compute):
    """The logits of networks side by side, and what each layer keeps, all rounded by `compute`."""
    h, caches = compute(x)[None], []
    for w, b in zip(weights[::2], weights[1::2]):
        w = compute(w)
        z = compute(compute(h @ w) + compute(b)[:, None])
        caches.append((h, w))
        h = relu(z)
    return z, caches


def gradients(x, y, weights, compute, scale):
    """The losses of networks side by side, and the gradients of losses times scale.

    Args:
        x, y: (n, inputs) and (n,). weights: `[W1, b1, …]`, each with an axis of networks in front.
        compute: how every result is rounded.
    """
    z, caches = forward(x, weights, compute)
    p, _ = softmax(z)
    wanted = np.eye(p.shape[-1], dtype=x.dtype)[y]
    losses = -np.log((p * wanted).sum(axis=-1)).mean(axis=-1)
    dy, grads = compute((p - wanted) * x.dtype.type(scale / len(x))), []
    for h, w in caches[::-1]:
        grads = [compute(h.swapaxes(1, 2) @ dy), compute(dy.sum(axis=1)), *grads]
        dy = compute(dy @ w.swapaxes(1, 2)) * relu_derivative(h)
    return losses, grads


def train(x, y, weights, rates, batches, compute, keep, scaled):
    """Losses by step and the weights at the end, each network at its own learning rate."""
    weights, scale, losses = [keep(w) for w in weights], 2.0**15 if scaled else 1.0, []
    for batch in batches:
        loss, grads = gradients(x[batch], y[batch], weights, compute, scale)
        losses.append(loss)
        if scaled and not all(np.isfinite(g).all() for g in grads):
            scale /= 2
            continue
        for place, (w, g) in enumerate(zip(weights, grads)):
            rate = np.reshape(rates, (-1,) + (1,) * (w.ndim - 1)).astype(x.dtype)
            weights[place] = keep(w - keep(rate * (g / x.dtype.type(scale))))
    return np.stack(losses), weights


def precisions(x, y, new, rates, steps, scales, generator):
    """Networks trained in each precision from the same weights, at several learning rates.

    Args:
        x, y: (n, inputs) and (n,), to train on in batches of 50. new: others, by name.

    Returns:
        For each precision losses, (steps, rates), and accuracies on the new ones, (rates,). And of
        the networks trained in float32: the gradients of the first 50 images, and which share of
        them is 0 in float16 at each scale of the loss, (scales, rates).
    """
    networks, sizes, start = len(rates), (x.shape[1], 32, 32, 10), []
    for shape in zip(sizes, sizes[1:]):
        draws = np.sqrt(2 / shape[0]) * generator.standard_normal(shape)
        start += [np.tile(draws, (networks, 1, 1)), np.zeros((networks, shape[1]))]
    start = [w.astype(x.dtype) for w in start]
    batches, found, trained = generator.integers(0, len(x), (steps, 50)), {}, {}
    with np.errstate(all="ignore"):  # overflow is one of the subjects
        for name, (compute, keep, scaled) in KINDS.items():
            losses, trained[name] = train(x, y, start, rates, batches, compute, keep, scaled)
            found[f"{name}: losses"] = losses
            for part, (x_new, y_new) in new.items():
                right = forward(x_new, trained[name], compute)[0].argmax(axis=-1) == y_new
                found[f"{name}: {part}"] = right.mean(axis=-1)
        found["float32: first losses"] = found["float32: losses"][:3].sum(axis=1)
        by_precision = [
            np.concatenate([g.reshape(networks, -1) for g in grads], axis=1)
            for compute, scale in [(plain, 1)] + [(round_to_float16, s) for s in scales]
            for _, grads in [gradients(x[:50], y[:50], trained["float32"], compute, scale)]
        ]
    exact, *halves = by_precision
    found["gradients"] = exact
    found["lost"] = np.stack(
        [((g == 0) & (exact != 0)).sum(axis=1) / (exact != 0).sum(axis=1) for g in halves]
    )
    return found
