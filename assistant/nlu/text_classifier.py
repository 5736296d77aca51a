"""A small text classifier: sentence embedding, topics named and character n-grams, logistic regression on top."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression

from assistant.nlu.encoder import encoder
from assistant.nlu.lexicon import lexicon

# The embedding carries meaning, the topics (content/topics.yml) bring words that no example has, the n-grams survive typing
# errors. The weights and C were chosen on held-out messages (docs/understanding.md).
EMBEDDING_WEIGHT = 4.5
TOPIC_WEIGHT = 2.0
NGRAM_WEIGHT = 3.0
STRENGTH = 2.0
# A tenth of the precision that scikit-learn takes by default: as good on held-out messages, in a third of the time.
TOLERANCE = 1e-3
_NGRAMS = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 4), n_features=2**12, alternate_sign=False, norm="l2")
# Texts of like length are encoded together.
_BATCH = 64

Vectors = NDArray[np.float32]
Probabilities = NDArray[np.float64]


@lru_cache(maxsize=512)
def _embedding(text: str) -> Vectors:
    # Two classifiers look at the same sentences of a message: the second finds them here.
    row: Vectors = encoder().encode([text])[0]
    return row


# Texts embedded for training; two classifiers train on nearly the same ones.
_trained_on: dict[str, Vectors] = {}


def _embeddings(texts: list[str]) -> Vectors:
    """Embeddings of many texts, for training: on all cores, each text once."""
    new = sorted({text for text in texts if text not in _trained_on}, key=len)
    batches = [new[start : start + _BATCH] for start in range(0, len(new), _BATCH)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for batch, rows in zip(batches, pool.map(encoder().encode, batches), strict=True):
            _trained_on.update(zip(batch, rows, strict=True))
    return np.stack([_trained_on[text] for text in texts])


def _features(texts: list[str], embeddings: Vectors) -> sparse.csr_matrix:
    """One row a text: weighted embedding, topics, n-grams."""
    topics = lexicon().topics
    labels = topics.labels
    named = [[label in found for label in labels] for found in map(topics.labels_in, texts)]
    dense = np.hstack([embeddings * EMBEDDING_WEIGHT, np.array(named, dtype=np.float32) * TOPIC_WEIGHT])
    return sparse.hstack([sparse.csr_matrix(dense), _NGRAMS.transform(texts) * NGRAM_WEIGHT], format="csr")


class TextClassifier:
    """Gives each text a probability for each label it was trained on."""

    def __init__(self, labels: list[str], weights: NDArray[np.float64], bias: NDArray[np.float64]) -> None:
        self.labels = labels
        self._weights = weights
        self._bias = bias

    @classmethod
    def train(cls, texts: list[str], labels: list[str], balanced: bool = True) -> TextClassifier:
        """Train.

        Args:
            texts: normalised texts (`Reading.text`).
            labels: one a text; three different ones at least.
            balanced: weigh rare labels up.
        """
        model = LogisticRegression(C=STRENGTH, max_iter=300, tol=TOLERANCE, class_weight="balanced" if balanced else None)
        model.fit(_features(texts, _embeddings(texts)), labels)
        return cls([str(label) for label in model.classes_], model.coef_, model.intercept_)

    def predict(self, texts: list[str]) -> Probabilities:
        """Probabilities, a row a text, a column a label in the order of `labels`."""
        rows = np.stack([_embedding(text) for text in texts])
        scores = np.asarray(_features(texts, rows) @ self._weights.T) + self._bias
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
