"""The learning rates of a model's optimizers, for the callbacks that set or log them."""


def optimizers_by_key(model):
    """All optimizers of a model, by Keras's names for their learning rates in the logs."""
    optimizer = model.optimizer
    if hasattr(optimizer, "optimizers"):
        return {f"learning_rate_{inner.name}": inner for inner in optimizer.optimizers}
    return {"learning_rate": optimizer}


def log_learning_rates(model, logs):
    """Put the learning rates into the logs."""
    for key, optimizer in optimizers_by_key(model).items():
        logs[key] = optimizer.learning_rate
