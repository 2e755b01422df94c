"""Weights in HDF5, read with suspicion.

Keras's layout: each layer is a group, its own weights are the datasets "0", "1", … of its subgroup
`vars`, whose attribute `name` is the layer's name.
"""

import io

import h5py
import numpy as np

from reference_numpy.saving.errors import ModelFileError

#: how many names of weights are listed in all: of two places that are one group, once for each
MAX_NAMES = 10**6
#: what h5py raises for files that are not as they should be
_DAMAGE = (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, MemoryError)


class WeightsReader:
    """Reads weights of known shapes from places that are known.

    Only what is asked for by its path is ever looked at. Links (soft and external), virtual
    datasets, external storage, chunks, filters (compression among them) and anything that is no
    plain array of numbers are refused, and a dataset is read only if it has the shape that the
    model expects and all of its bytes are in the file.

    Args:
        path: the file, for messages.
        source: an open binary file with the HDF5 data.
        member: the archive's member, for messages; empty if the file itself is HDF5.

    Raises:
        ModelFileError: for anything that is not as it must be.
    """

    def __init__(self, path, source, member=""):
        self.path, self.member, self.listed, self.taken = path, member, 0, 0
        self.size, self.groups = source.seek(0, io.SEEK_END), {}
        try:
            self.file = h5py.File(source, "r")
        except _DAMAGE as error:
            reason = f"this is no HDF5 file, or cut short: {error}"
            raise ModelFileError(path, member, reason) from None
        if "layer_names" in self.file.attrs:
            self.refuse(
                "",
                "these are weights in Keras's older format: load them in Keras 3, and "
                "save them again",
            )

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.file.close()

    def variables(self, place):
        """Names of the datasets of a layer's own weights; None if the file has no such layer."""
        group = self._group(f"{place}/vars" if place else "vars")
        if group is None:
            return None
        self.listed += self._try(place, lambda: len(group))
        if self.listed > MAX_NAMES:
            self.refuse(place, f"with it more than {MAX_NAMES:,} weights are listed")
        return self._try(place, lambda: sorted(group.keys(), key=lambda name: (len(name), name)))

    def read_into(self, array, place, name):
        """Fill `array` with the dataset `name` of the layer at `place`, and return it.

        Raises:
            ModelFileError: if it is missing, or has another shape or another kind of numbers.
        """
        place = f"{place}/vars/{name}" if place else f"vars/{name}"
        dataset = self._dataset(place, name)
        if dataset.shape != array.shape:
            self.refuse(place, f"it has the shape {dataset.shape}; the model's is {array.shape}")
        if (dataset.dtype.kind == "f") != (array.dtype.kind == "f"):
            self.refuse(place, f"it has the dtype {dataset.dtype}; the model's is {array.dtype}")
        if array.ndim and array.size and array.flags.c_contiguous:
            self._try(place, lambda: dataset.read_direct(array))
        elif array.size:
            array[...] = self._try(place, lambda: dataset[()])
        return array

    def read(self, place, name):
        """A dataset whose shape the model does not know; the file has all of it, and once."""
        place = f"{place}/vars/{name}"
        dataset = self._dataset(place, name)
        self.taken += dataset.size * dataset.dtype.itemsize
        if self.taken > self.size:
            self.refuse(place, f"with it {self.taken:,} bytes are read of {self.size:,}")
        return self._try(place, lambda: dataset[()])

    def _dataset(self, place, name):
        group = self._group(place.rpartition("/")[0])
        if group is None or not self._try(place, lambda: name in group):
            self.refuse(place, "this weight is missing")
        self._check_link(group, name, place)
        dataset = self._try(place, lambda: group[name])
        if not isinstance(dataset, h5py.Dataset):
            self.refuse(place, f"this is a {type(dataset).__name__}, not a dataset")
        self._try(place, lambda: self._check_dataset(dataset, place))
        return dataset

    def _group(self, place):
        """The group at a place, or None; every step of the way is a real group, no link."""
        if place not in self.groups:
            self.groups[place] = self._open_group(place)
        return self.groups[place]

    def _open_group(self, place):
        way, _, name = place.rpartition("/")
        holder = self._group(way) if way else self.file
        if holder is None or not self._try(place, lambda: name in holder):
            return None
        self._check_link(holder, name, place)
        group = self._try(place, lambda: holder[name])
        if not isinstance(group, h5py.Group):
            self.refuse(place, f"'{name}' is a {type(group).__name__}, not a group")
        return group

    def _check_link(self, group, name, place):
        link = self._try(place, lambda: group.get(name, getlink=True))
        if not isinstance(link, h5py.HardLink):
            self.refuse(place, f"'{name}' is a {type(link).__name__}; links are refused")

    def _check_dataset(self, dataset, place):
        if dataset.is_virtual:
            self.refuse(place, "virtual datasets are refused")
        if dataset.external:
            self.refuse(place, f"storage in another file is refused: {dataset.external[0][0]!r}")
        if dataset.dtype.kind not in "fiub" or dataset.dtype.subdtype is not None:
            self.refuse(place, f"the dtype {dataset.dtype} is no plain number")
        if dataset.shape is None:
            self.refuse(place, "the dataset is empty")
        if dataset.id.get_create_plist().get_nfilters():
            self.refuse(place, "it is compressed or filtered; Keras stores weights as they are")
        stored = min(dataset.id.get_storage_size(), self.size)
        claimed = dataset.size * dataset.dtype.itemsize
        if stored < claimed:
            self.refuse(place, f"it claims {claimed:,} bytes, of which the file has {stored:,}")
        if dataset.chunks:  # one chunk is read as a whole, and may be larger than the dataset
            self.refuse(place, "it is stored in chunks; Keras stores weights in one piece")

    def _try(self, place, function):
        try:
            return function()
        except ModelFileError:
            raise
        except _DAMAGE as error:
            self.refuse(place, f"it is damaged: {error}")

    def refuse(self, place, reason):
        """Raise ModelFileError for a place in the file."""
        raise ModelFileError(self.path, "/".join(filter(None, (self.member, place))), reason)


def write_weights(target, layers):
    """Write weights in Keras's layout.

    Args:
        target: a path or an open binary file.
        layers: pairs `(place, name, {name of the dataset: array})`.
    """
    with h5py.File(target, "w") as file:
        for place, name, arrays in layers:
            group = file.require_group(f"{place}/vars" if place else "vars")
            if name:
                group.attrs["name"] = name
            for key, array in arrays.items():
                group.create_dataset(key, data=np.asarray(array))
