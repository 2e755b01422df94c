"""The encodings beside scikit-learn's and the library's, for text and for names not known."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.categorical_encoding import (
    embedding,
    embedding_backward,
    one_hot,
    ordinal,
    product,
    product_backward,
)

VOCABULARY = np.array(["C", "Q", "S"])
PORTS = np.array(["S", "C", "X", "Q", "S"])  # nobody knows X


def test_places_and_rows_are_scikit_learns():
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

    column, known = PORTS[:, None], [list(VOCABULARY)]
    ignored = {"handle_unknown": "use_encoded_value", "unknown_value": -1}
    expected = OrdinalEncoder(categories=known, **ignored).fit(VOCABULARY[:, None])
    places = ordinal(PORTS, VOCABULARY)
    np.testing.assert_array_equal(places, expected.transform(column)[:, 0])
    expected = OneHotEncoder(categories=known, handle_unknown="ignore", sparse_output=False)
    expected = expected.fit(VOCABULARY[:, None]).transform(column)
    np.testing.assert_array_equal(one_hot(places, 3), expected)


def test_string_lookup_counts_from_one():
    lookup = rn.layers.StringLookup(vocabulary=list(VOCABULARY))
    np.testing.assert_array_equal(lookup(PORTS), ordinal(PORTS, VOCABULARY) + 1)


def test_a_lookup_is_the_product_with_one_hot_rows():
    generator = np.random.default_rng(0)
    x, table = np.array([2, 0, 2, 1]), generator.normal(size=(5, 3))
    dy = generator.normal(size=(4, 3))
    (y, cache), (product_y, rows) = embedding(x, table), product(x, table)
    np.testing.assert_array_equal(y, product_y)
    gradient = embedding_backward(dy, cache)
    np.testing.assert_allclose(gradient, product_backward(dy, rows), rtol=1e-15)
    np.testing.assert_array_equal(gradient[3:], 0)
