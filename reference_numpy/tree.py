"""Nested structures (tuples, lists and dicts of leaves), in the little that layers need of them.

Dictionaries are walked in the order of their sorted keys, as Keras does.
"""


def map_structure(function, structure, *others):
    """Apply `function` to every leaf; further structures must have the same shape."""
    if isinstance(structure, dict):
        return {
            key: map_structure(function, structure[key], *(other[key] for other in others))
            for key in structure
        }
    if isinstance(structure, (list, tuple)):
        mapped = [map_structure(function, *items) for items in zip(structure, *others, strict=True)]
        return type(structure)(mapped)
    return function(structure, *others)


def flatten(structure):
    """The leaves of `structure` in a flat list."""
    if isinstance(structure, dict):
        return [leaf for key in sorted(structure) for leaf in flatten(structure[key])]
    if isinstance(structure, (list, tuple)):
        return [leaf for item in structure for leaf in flatten(item)]
    return [structure]


def pack_like(structure, leaves):
    """A structure shaped like `structure` that holds `leaves` (given in the order of `flatten`)."""
    iterator = iter(leaves)

    def pack(part):
        if isinstance(part, dict):
            packed = {key: pack(part[key]) for key in sorted(part)}
            return {key: packed[key] for key in part}
        if isinstance(part, (list, tuple)):
            return type(part)([pack(item) for item in part])
        return next(iterator)

    return pack(structure)


def is_shape(value):
    """Whether `value` is one shape: a tuple or list of integers and None."""
    return isinstance(value, (tuple, list)) and all(
        size is None or isinstance(size, int) for size in value
    )


def map_shapes(function, shapes):
    """Apply `function` to every shape of a nested structure of shapes; None for none stays."""
    if shapes is None:
        return None
    if is_shape(shapes):
        return function(tuple(shapes))
    if isinstance(shapes, dict):
        return {key: map_shapes(function, shape) for key, shape in shapes.items()}
    return type(shapes)(map_shapes(function, shape) for shape in shapes)
