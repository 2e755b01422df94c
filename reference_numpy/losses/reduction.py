"""From one loss per sample to one number: sample weights, masks, and the reductions."""

import numpy as np

from reference_numpy.kernels.broadcasting import sum_to_shape

REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


def squeeze_or_expand_to_same_rank(a, b, expand_rank_1=True):
    """`a` and `b` with a last axis of size 1 added or dropped where their ranks differ by one.

    Of `(n, 1)` and `(n,)` the second becomes `(n, 1)`; of `(n, m, 1)` and `(n, m)` the first
    becomes `(n, m)`. Everything else is left alone.
    """
    if a.ndim == b.ndim + 1 and a.shape[-1] == 1:
        if b.ndim == 1 and expand_rank_1:
            return a, b[:, None]
        return a[..., 0], b
    if b.ndim == a.ndim + 1 and b.shape[-1] == 1:
        if a.ndim == 1 and expand_rank_1:
            return a[:, None], b
        return a, b[..., 0]
    return a, b


def apply_mask(sample_weight, mask, dtype, reduction):
    """The sample weights in which masked entries count 0.

    For the reductions that divide by the number of entries the valid ones weigh total / valid,
    so that the mean is over the valid entries alone.

    Raises:
        ValueError: if the weights do not fit the mask.
    """
    if mask is None:
        return sample_weight
    weight = np.asarray(mask).astype(dtype)
    if reduction in ("mean", "sum_over_batch_size"):
        valid = float(weight.sum(dtype="float64"))
        weight = weight * (weight.size / valid if valid else 0.0)
    if sample_weight is None:
        return weight
    weight, sample_weight = squeeze_or_expand_to_same_rank(weight, sample_weight)
    try:
        return sample_weight * weight
    except ValueError:
        raise ValueError(
            f"The sample weights of shape {sample_weight.shape} do not fit the mask of shape "
            f"{np.shape(mask)}."
        ) from None


def reduce_weighted_values(values, sample_weight, mask, reduction):
    """The reduced loss, and the derivative of (the sum of) it with respect to every value.

        result = 1/d Σ w_i v_i        d result / d v_i = w_i / d

    with d = 1 for `"sum"` and None, the number of values for `"mean"`, Σ w_i for
    `"mean_with_sample_weight"`; a mean over nothing is 0.

    Raises:
        ValueError: if the weights do not fit the values.
    """
    shape, dtype = values.shape, values.dtype
    if sample_weight is not None:
        sample_weight = np.asarray(sample_weight, dtype)
    sample_weight = apply_mask(sample_weight, mask, dtype, reduction)
    weighted, weights = values, None
    if sample_weight is not None:
        values, weights = squeeze_or_expand_to_same_rank(values, sample_weight)
        try:
            np.broadcast_shapes(values.shape, weights.shape)
        except ValueError:
            raise ValueError(
                f"The sample weights (or mask) of shape {np.shape(sample_weight)} do not fit the "
                f"losses of shape {shape}."
            ) from None
        weighted = values * weights
    divisor = 1.0
    result = weighted
    if reduction not in (None, "none") and weighted.shape not in ((), (0,)):
        if reduction == "mean_with_sample_weight" and weights is not None:
            divisor = float(weights.sum(dtype="float64"))
        elif reduction != "sum":
            divisor = float(weighted.size)
        result = weighted.sum() / divisor if divisor else np.zeros((), dtype)[()]
    share = 1.0 / divisor if divisor else 0.0
    if weights is None:
        return result, np.full(shape, share, dtype)
    dvalues = np.broadcast_to(weights * share, weighted.shape)
    return result, sum_to_shape(dvalues, values.shape).reshape(shape).astype(dtype, copy=False)
