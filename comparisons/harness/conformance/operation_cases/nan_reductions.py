"""Operations that leave NaN out."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

HOLES = (Draw((4, 3), "holes"),)
INTEGERS = (Draw((4, 3), "integer"),)

CASES = [
    Case("Nansum", lambda ops, x: ops.nansum(x, axis=1), HOLES),
    Case("Nansum-integers", lambda ops, x: ops.nansum(x, axis=1), INTEGERS),
    Case("Nanprod", lambda ops, x: ops.nanprod(x, axis=(0, -1), keepdims=True), HOLES),
    Case("Nanprod-integers", lambda ops, x: ops.nanprod(x, axis=1), INTEGERS),
    Case("Nancumsum", lambda ops, x: ops.nancumsum(x, axis=1), HOLES),
    Case("Nancumsum-dtype", lambda ops, x: ops.nancumsum(x, axis=0, dtype="float32"), INTEGERS),
    Case("Nancumprod", lambda ops, x: ops.nancumprod(x, axis=-1), HOLES),
    Case("Nanmax", lambda ops, x: ops.nanmax(x, axis=-1), HOLES),
    Case("Nanmax-integers", lambda ops, x: ops.nanmax(x), INTEGERS),
    Case("Nanmin", lambda ops, x: ops.nanmin(x, axis=(1, 2), keepdims=True), HOLES),
    Case("Nanmean", lambda ops, x: ops.nanmean(x, axis=(0, 1)), HOLES),
    Case("Nanmean-keepdims", lambda ops, x: ops.nanmean(x, axis=(1, 2), keepdims=True), HOLES),
    Case(
        "Nanmean-integers",
        lambda ops, x: ops.nanmean(x, axis=1),
        INTEGERS,
        diverges="the-mean-of-integers-with-floatx-float64",
    ),
    Case("Nanvar", lambda ops, x: ops.nanvar(x, axis=(0, -1)), HOLES),
    Case("Nanvar-integers", lambda ops, x: ops.nanvar(x, axis=1, keepdims=True), INTEGERS),
    Case("Nanstd", lambda ops, x: ops.nanstd(x), HOLES),
    Case("Nanquantile", lambda ops, x: ops.nanquantile(x, [0.3, 0.7], axis=(0, -1)), HOLES),
    Case(
        "Nanquantile-lower", lambda ops, x: ops.nanquantile(x, 0.3, axis=1, method="lower"), HOLES
    ),
    Case("Nanpercentile", lambda ops, x: ops.nanpercentile(x, 30, axis=1, keepdims=True), HOLES),
    Case("Nanmedian", lambda ops, x: ops.nanmedian(x, axis=(1, 2)), HOLES),
]
