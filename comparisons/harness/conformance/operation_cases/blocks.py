"""Blocks of pixels and channels."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

IMAGES, FIRST = (Draw((4, 6, 3)),), (Draw((3, 4, 6)),)

CASES = [
    Case("DepthToSpace", lambda ops, x: ops.depth_to_space(x, 2), (Draw((2, 3, 8)),)),
    Case(
        "DepthToSpace-channels-first",
        lambda ops, x: ops.depth_to_space(x, 2, "channels_first"),
        (Draw((8, 2, 3)),),
    ),
    Case(
        "DepthToSpace-integers",
        lambda ops, x: ops.depth_to_space(x, 3),
        (Draw((2, 1, 9), "integer"),),
    ),
    Case("SpaceToDepth", lambda ops, x: ops.space_to_depth(x, 2), IMAGES),
    Case(
        "SpaceToDepth-channels-first",
        lambda ops, x: ops.space_to_depth(x, 2, "channels_first"),
        FIRST,
    ),
]
