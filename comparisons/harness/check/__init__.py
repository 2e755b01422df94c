"""Check: an independent opinion on a Keras model, layer by layer and backend by backend."""
