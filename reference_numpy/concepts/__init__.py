"""The NumPy half of every concept; the same file name stands in keras_models and comparisons."""
