"""The signatures of layers' methods."""

import functools
import inspect

#: read once for each function, since every call on a symbolic tensor asks for them
signature = functools.cache(inspect.signature)


def check_call(layer, args, kwargs):
    """Raise ValueError where a layer's forward does not take these arguments."""
    forward = signature(type(layer).forward)
    try:
        forward.bind(layer, *args, **kwargs)
    except TypeError:
        known = list(forward.parameters.values())[1:]
        takes = (p.name if p.default is p.empty else f"{p.name} (optional)" for p in known)
        raise ValueError(
            f"A call of the layer '{layer.name}' takes {', '.join(takes)}. Received: "
            f"{', '.join([f'{len(args)} by position', *kwargs])}"
        ) from None
