"""The heavier operations of the layers as pure functions of arrays, each beside its gradients."""
