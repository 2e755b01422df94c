"""What the functions of a concept's half give, looked over."""

from types import ModuleType


def named(half: ModuleType, field: str, function: str, found: object) -> dict:
    """What a half's function gave. Raises TypeError, with file and field, for no dictionary."""
    if not isinstance(found, dict):
        raise TypeError(
            f"{half.__file__}: {field} '{function}': expected a dictionary of named arrays, got "
            f"{type(found).__name__}"
        )
    return found


def made(half: ModuleType, build: str, arguments: dict):
    """What a half's builder gives. Raises TypeError, with file and field, for no model."""
    found = getattr(half, build)(**arguments)
    for model in by_name(found).values():
        if not hasattr(model, "get_weights"):
            raise TypeError(
                f"{half.__file__}: Task.build '{build}': expected a model, or models by name, got "
                f"{type(model).__name__}"
            )
    return found


def by_name(model) -> dict:
    """The models that a builder returned, by name."""
    return model if isinstance(model, dict) else {"": model}
