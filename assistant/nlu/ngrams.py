"""Which letters stand together in a text, and which words: counted n-grams, hashed, for the regression.

The numbers are those of scikit-learn's HashingVectorizer (a test compares them), in a third of its time: a word's letters are hashed once
instead of at every message, and no matrix is made of one text (docs/performance.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils import murmurhash3_32

from assistant.nlu.remembering import OfWords

# So many letters and so many words together, and in how many places they are counted.
LETTERS, WORDS = (2, 3, 4), (1, 2, 3)
LETTER_PLACES, WORD_PLACES = 2**12, 2**15
Vectors = NDArray[np.float32]
Places = NDArray[np.int64]


class Counts(NamedTuple):
    """How often a text has what is counted in each of some places, as a vector of length 1."""

    places: Places
    values: Vectors


def letters(text: str) -> Counts:
    """How often letters stand together inside its words, each word with a space at both ends."""
    return _counted(np.concatenate([_NONE, *(_letters[word] for word in text.split())]))


def words(text: str) -> Counts:
    """How often words stand together in this order."""
    split = text.split()
    ngrams = [" ".join(split[at : at + size]) for size in WORDS for at in range(len(split) - size + 1)]
    return _counted(_places(ngrams, WORD_PLACES))


def table(counts: Sequence[Counts], places: int) -> sparse.csr_matrix:
    """A row each, to train with."""
    ends = np.cumsum([0, *(len(each.places) for each in counts)])
    values, at = (np.concatenate(part) for part in zip(*((each.values, each.places) for each in counts), strict=True))
    return sparse.csr_matrix((values, at, ends), shape=(len(counts), places))


def weighed(counts: Sequence[Counts], weights: Vectors) -> Vectors:
    """A row each: the sum of the rows of `weights` that its places name, each times its value."""
    return np.stack([each.values @ weights[each.places] for each in counts])


def _hashed(word: str) -> Places:
    padded = f" {word} "
    return _places([padded[at : at + size] for size in LETTERS for at in range(len(padded) - size + 1)], LETTER_PLACES)


def _places(ngrams: list[str], places: int) -> Places:
    return np.abs(np.array([murmurhash3_32(ngram, 0) for ngram in ngrams], dtype=np.int64)) % places


_letters = OfWords(_hashed)
_NONE = _places([], LETTER_PLACES)


def _counted(found: Places) -> Counts:
    places, counts = np.unique(found, return_counts=True)
    return Counts(places, (counts / max(math.sqrt(counts @ counts), 1.0)).astype(np.float32))
