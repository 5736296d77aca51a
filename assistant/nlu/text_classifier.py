"""A small text classifier: sentence embedding beside character n-grams, logistic regression on top."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression

from assistant.nlu.encoder import encoder

# The embedding carries meaning, the n-grams survive typing errors. Both have length 1 before these weights; the weights
# and C were chosen by cross-validation on data/nlu (docs/understanding.md).
EMBEDDING_WEIGHT = 4.5
NGRAM_WEIGHT = 2.5
_NGRAMS = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 4), n_features=2**14, alternate_sign=False, norm="l2")

Probabilities = NDArray[np.float64]


@lru_cache(maxsize=512)
def _embedding(text: str) -> NDArray[np.float32]:
    # Two classifiers look at the same sentences of a message: the second finds them here.
    row: NDArray[np.float32] = encoder().encode([text])[0]
    return row


def features(texts: list[str]) -> sparse.csr_matrix:
    """One row a text: weighted embedding, then weighted n-grams."""
    dense = np.stack([_embedding(text) for text in texts]) * EMBEDDING_WEIGHT
    return sparse.hstack([sparse.csr_matrix(dense), _NGRAMS.transform(texts) * NGRAM_WEIGHT], format="csr")


class TextClassifier:
    """Gives each text a probability for each label it was trained on."""

    def __init__(self, labels: list[str], weights: NDArray[np.float64], bias: NDArray[np.float64]) -> None:
        self.labels = labels
        self._weights = weights
        self._bias = bias

    @classmethod
    def train(cls, texts: list[str], labels: list[str], strength: float = 4.0, balanced: bool = True) -> TextClassifier:
        """Train.

        Args:
            texts: normalised texts (`Reading.text`).
            labels: one a text; three different ones at least.
            strength: inverse of regularisation (scikit-learn's C).
            balanced: weigh rare labels up.
        """
        model = LogisticRegression(C=strength, max_iter=300, class_weight="balanced" if balanced else None)
        model.fit(features(texts), labels)
        return cls([str(label) for label in model.classes_], model.coef_, model.intercept_)

    def predict(self, texts: list[str]) -> Probabilities:
        """Probabilities, a row a text, a column a label in the order of `labels`."""
        scores = np.asarray(features(texts) @ self._weights.T) + self._bias
        scores -= scores.max(axis=1, keepdims=True)
        exponents = np.exp(scores)
        probabilities: Probabilities = exponents / exponents.sum(axis=1, keepdims=True)
        return probabilities

    def save(self, file: Path) -> None:
        """Write to a .npz file: plain arrays, nothing that could run when read."""
        labels: Any = np.array(self.labels)
        np.savez(file, labels=labels, weights=self._weights.astype(np.float32), bias=self._bias)

    @classmethod
    def load(cls, file: Path) -> TextClassifier:
        """Read what `save` wrote."""
        with np.load(file, allow_pickle=False) as data:
            return cls([str(label) for label in data["labels"]], data["weights"].astype(np.float64), data["bias"])
