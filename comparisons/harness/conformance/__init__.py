"""Keras itself, class by class, against the NumPy half: tables of cases, and who judges them."""
