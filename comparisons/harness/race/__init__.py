"""`sidebyside race`: how fast Keras trains a network to a test accuracy, on each backend."""
