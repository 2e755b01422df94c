"""How fast: a training step, an epoch and a prediction in NumPy and on every backend of Keras."""
