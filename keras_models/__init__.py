"""The Keras half of every concept; the same file name stands in reference_numpy/concepts."""
