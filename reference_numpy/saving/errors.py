"""The one exception that a file can cause."""


class ModelFileError(ValueError):
    """A file cannot be read as a model, in one line: the file, the place inside it, the reason.

    Args:
        path: the file.
        place: where in it, such as `"config.json: layers[2].config.activation"`; empty for the
            file as a whole.
        reason: what is wrong there.
    """

    def __init__(self, path, place, reason):
        reason = " ".join(str(reason).split())
        self.path, self.place, self.reason = str(path), place, reason
        super().__init__(": ".join(part for part in (self.path, place, reason) if part))
