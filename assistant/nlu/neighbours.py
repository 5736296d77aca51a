"""The examples that are nearest in meaning, for messages of which the other models are unsure.

A regression draws one line between two labels; what lies alone on the wrong side of it, an app that will not start among people who will
not wake up, is told by the examples around it.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD

Vectors = NDArray[np.float32]
# So many directions of the embedding keep what matters here, in a quarter of its numbers; so many examples are asked, the near ones more.
DIRECTIONS, NEAREST, NEARNESS = 96, 20, 10.0
# All examples are compared along the first directions, which hold most of it, and the likeliest along all: of 2,773 stretches none got
# another label so, and one another share by more than 0.05.
FIRST, COMPARED = 48, 640
# So many are compared at once: each takes 0.2 MB, and a message may have a thousand stretches.
AT_ONCE = 16


class Neighbours:
    """Shares of the labels among the nearest examples."""

    def __init__(self, directions: Vectors, places: Vectors, labels: NDArray[np.int64]) -> None:
        """Set up.

        Args:
            directions: of the embedding, a column each.
            places: of the examples along these directions, one row each, of length 1; of any precision.
            labels: of the examples, as numbers from 0; each at least once.
        """
        self._directions = directions
        self._labels = labels
        self._kinds = int(labels.max()) + 1
        self._places = np.ascontiguousarray(places, dtype=np.float32)
        self._columns = np.ascontiguousarray(self._places[:, :FIRST].T)

    @classmethod
    def train(cls, embeddings: Vectors, labels: NDArray[np.int64]) -> Self:
        """Keep examples, one row and one label each."""
        directions = TruncatedSVD(DIRECTIONS, random_state=0).fit(embeddings).components_.T.astype(np.float32)
        return cls(directions, _along(embeddings, directions), labels)

    def shares(self, embeddings: Vectors) -> Vectors:
        """A row an embedding, a column a label; each row sums to one."""
        # scikit-learn's KNeighborsClassifier says nearly the same and took 0.7 ms more than comparing all along all of them here.
        along = _along(embeddings, self._directions)
        found = np.zeros((len(embeddings), self._kinds), dtype=np.float32)
        roughly = (rough for at in range(0, len(along), AT_ONCE) for rough in along[at : at + AT_ONCE, :FIRST] @ self._columns)
        for row, own, rough in zip(found, along, roughly, strict=True):
            compared = highest(rough, COMPARED)
            likeness = self._places[compared] @ own
            near = highest(likeness, NEAREST)
            # Of vectors of length 1, the squared distance is two less twice their product.
            np.add.at(row, self._labels[compared[near]], np.exp(-2 * NEARNESS * (1 - likeness[near])))
        shares: Vectors = found / found.sum(axis=1, keepdims=True)
        return shares

    def parts(self) -> dict[str, NDArray[Any]]:
        """What `__init__` takes, as plain arrays to be stored; the many ones in two bytes a number."""
        return {"directions": self._directions, "places": self._places.astype(np.float16), "of": self._labels.astype(np.int16)}


def highest(values: Vectors, count: int) -> NDArray[np.int64]:
    """Where the highest values stand, `count` of them or, where there are fewer, all.

    Of four columns for each, as many as are wanted have a maximum of at least `least`, so no lower value is among the highest, and few
    are left to choose among: numpy's own way through all of them took as long as the multiplication before it.
    """
    if len(values) <= count:
        return np.arange(len(values))
    columns = min(4 * count, len(values))
    rows = len(values) // columns
    least = np.partition(values[: rows * columns].reshape(rows, columns).max(axis=0), -count)[-count]
    high = np.flatnonzero(values >= least)
    found: NDArray[np.int64] = high[np.argpartition(values[high], -count)[-count:]]
    return found


def _along(embeddings: Vectors, directions: Vectors) -> Vectors:
    places = embeddings @ directions
    lengths = np.maximum(np.linalg.norm(places, axis=1, keepdims=True), 1e-9)
    found: Vectors = (places / lengths).astype(np.float32)
    return found
