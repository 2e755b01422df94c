"""Which options of a call a layer takes."""

from reference_numpy.layers.signatures import signature


def taken_by(layer, options):
    """Those of `options` that `layer.forward` has an argument for."""
    taken = signature(type(layer).forward).parameters
    return {name: value for name, value in options.items() if name in taken}


def options_of_cell(cell, training, dropout_masks):
    """The options of one step of `cell`: `training`, and the masks where they are to be used."""
    options = {"training": training}
    if training and dropout_masks is not None:
        options["dropout_masks"] = dropout_masks
    return taken_by(cell, options)
