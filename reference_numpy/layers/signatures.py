"""The signatures of layers' methods."""

import functools
import inspect

#: read once for each function, since every call on a symbolic tensor asks for them
signature = functools.cache(inspect.signature)
