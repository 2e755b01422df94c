"""The ladder of proof: written out, library and Keras are one."""
