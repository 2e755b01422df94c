"""The masks that travel beside the values of a graph."""

from reference_numpy import tree


class Masks:
    """The masks of one run, by place, each of which Keras has twice.

    One hangs on the value (`attached`): attention removes that of its inputs, and a nested model
    puts back the one that it is given. The other hangs on the symbolic tensor (`declared`):
    attention leaves it, the outputs of a nested model have none, and a call of a single tensor was
    written into the graph with it. Both go the same way from layer to layer, and are one dictionary
    until they part.

    Args:
        inputs: the places of the graph's inputs.
        masks: their masks, or None; what a nested model is given is attached, not declared.
    """

    def __init__(self, inputs, masks):
        self.attached = {}
        self.declared = {} if masks else self.attached
        _keep(self.attached, inputs, masks or ())

    def __bool__(self):
        return bool(self.attached or self.declared)

    def add_arguments(self, call, kwargs):
        """Put the masks into `kwargs` that the layer's forward takes and nobody has given."""
        seen = self.attached
        if call.only_input in self.declared:
            seen = self.declared
        for name, structure in call.mask_arguments.items():
            found = call.masks_of(structure, seen)
            if any(mask is not None for mask in tree.flatten(found)):
                kwargs[name] = found

    def follow_layer(self, call, args, kwargs):
        """Keep the masks of the outputs of a layer."""
        found = call.output_masks(args, kwargs, self.attached)
        if self.declared is not self.attached:
            declared = call.output_masks(args, kwargs, self.declared)
            _keep(self.declared, call.outputs, declared)
        _keep(self.attached, call.outputs, found)

    def follow_model(self, call, kwargs, output_masks):
        """Keep the masks of the outputs of a nested model, and those that it was given."""
        self._part()
        if kwargs.get("mask") is not None:
            _keep(self.attached, call.model_inputs(), tree.flatten(kwargs["mask"]))
        _keep(self.attached, call.outputs, output_masks)

    def remove(self, places):
        """Leave the values of these places without a mask."""
        self._part()
        for place in places:
            self.attached.pop(place, None)

    def _part(self):
        if self.declared is self.attached:
            self.declared = dict(self.attached)


def _keep(masks, places, found):
    for place, mask in zip(places, found):
        if mask is not None and place is not None:
            masks[place] = mask
