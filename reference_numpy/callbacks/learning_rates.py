"""The learning rates of a model's optimizers, for the callbacks that set or log them."""


def optimizers_by_key(model):
    """All optimizers of a model, by Keras's names for their learning rates in the logs."""
    optimizer = model.optimizer
    if hasattr(optimizer, "optimizers"):
        return {f"learning_rate_{inner.name}": inner for inner in optimizer.optimizers}
    return {"learning_rate": optimizer}


def told(key):
    """A key as the messages call it: `"learning rate"`, with the optimizer's name if it has one."""
    return f"{key.removeprefix('learning_rate').removeprefix('_')} learning rate".lstrip()


def log_learning_rates(model, logs):
    """Put the learning rates into the logs."""
    for key, optimizer in optimizers_by_key(model).items():
        logs[key] = optimizer.learning_rate
