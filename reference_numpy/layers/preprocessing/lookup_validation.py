"""What makes the options or the vocabulary of a lookup layer impossible."""

from collections import Counter


def check_options(layer, idf_weights):
    """Raise ValueError where the layer's options contradict one another."""
    problem = None
    if layer.max_tokens is not None and layer.max_tokens <= 1:
        problem = f"`max_tokens` must be more than 1. Received: max_tokens={layer.max_tokens}"
    elif layer.pad_to_max_tokens and layer.max_tokens is None:
        problem = "`pad_to_max_tokens` needs `max_tokens`."
    elif layer.num_oov_indices < 0:
        problem = (
            "`num_oov_indices` must be 0 or more. "
            f"Received: num_oov_indices={layer.num_oov_indices}"
        )
    elif layer.oov_method not in ("floormod", "farmhash"):
        problem = (
            "`oov_method` must be 'floormod' or 'farmhash'. "
            f"Received: oov_method={layer.oov_method!r}"
        )
    elif layer.salt and layer.vocabulary_dtype != "string" and layer.oov_method != "farmhash":
        problem = f"`salt` needs `oov_method='farmhash'`. Received: oov_method={layer.oov_method!r}"
    elif layer.invert and layer.output_mode != "int":
        problem = (
            f"`invert` needs the output mode 'int'. Received: output_mode={layer.output_mode!r}"
        )
    elif idf_weights is not None and layer.output_mode != "tf_idf":
        problem = (
            "`idf_weights` are for the output mode 'tf_idf'. "
            f"Received: output_mode={layer.output_mode!r}"
        )
    if problem:
        raise ValueError(f"Layer '{layer.name}': {problem}")


def terms_of(layer, vocabulary):
    """The values of a vocabulary in a list: strings, or what can be read as integers as integers.

    Raises:
        ValueError: for values of another kind.
    """
    if layer.vocabulary_dtype == "string":
        if not all(isinstance(value, str) for value in vocabulary):
            raise ValueError(
                f"Layer '{layer.name}': the vocabulary must hold strings. Received: {vocabulary}"
            )
        return vocabulary
    try:
        return [int(value) for value in vocabulary]
    except ValueError:
        raise ValueError(
            f"Layer '{layer.name}': the vocabulary must hold integers. Received: {vocabulary}"
        ) from None


def check_terms(layer, values, tokens):
    """Raise ValueError where a vocabulary cannot be looked up.

    Args:
        values: the vocabulary as it was given.
        tokens: `values` without special tokens in front.
    """
    repeated = [value for value, count in Counter(tokens).items() if count > 1]
    reserved = [layer.mask_token] + [layer.oov_token] * layer.invert
    misplaced = [token for token in reserved if token is not None and token in tokens]
    problem = None
    if not values:
        problem = "the vocabulary is empty."
    elif repeated:
        problem = f"the vocabulary has terms more than once: {repeated}"
    elif misplaced:
        problem = (
            f"the vocabulary has the reserved token {misplaced[0]!r} among its terms. Special "
            f"tokens are left out, or stand in front in this order: {layer.special_tokens}"
        )
    elif layer.max_tokens is not None and layer.token_start + len(tokens) > layer.max_tokens:
        problem = (
            f"the vocabulary has {layer.token_start + len(tokens)} places, more than "
            f"max_tokens={layer.max_tokens}."
        )
    if problem:
        raise ValueError(f"Layer '{layer.name}': {problem}")
