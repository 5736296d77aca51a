"""A small text classifier: a regression, and the nearest examples where it is unsure.

The regression sees a sentence's embedding, the topics that it names and its character and word n-grams. Small networks beside it helped
until the encoder was taught (docs/trials.md).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from assistant.nlu import ngrams
from assistant.nlu.encoder import DIMENSIONS, Spans, encoder
from assistant.nlu.lexicon import lexicon
from assistant.nlu.neighbours import Neighbours
from assistant.nlu.reading import Reading
from assistant.nlu.regression import fit, softmax

# The embedding carries meaning, the topics (content/topics.yml) bring words that no example has, the character n-grams survive typing
# errors, the words in their order tell "no chest pain" from "chest pain". The weights were chosen on held-out messages
# (docs/trials.md).
EMBEDDING_WEIGHT = 4.5
TOPIC_WEIGHT = 2.0
NGRAM_WEIGHT = 3.0
WORD_WEIGHT = 3.0
# C of the regression: a weak one, since what is unlike every example should not be judged surely.
STRENGTH = 0.5
# Where no label has so large a share, the nearest examples are asked, and their shares averaged with the regression's.
SURE = 0.9
# Of how many arrays the regression consists.
REGRESSION = 4
# The steepest slope that is left: as good on held-out messages as a tenth of it, in a third of the time.
TOLERANCE = 1e-3
_NUMBER = np.float32
# A message's stretches are mostly the same for both classifiers.
_REMEMBERED = 32
Vectors = NDArray[np.float32]


class Sample(NamedTuple):
    """Something to learn from or to judge: a stretch of a text, as the token spans that belong to it."""

    reading: Reading
    spans: Spans

    def words(self) -> str:
        """The stretch as text."""
        return self.reading.stretch(self.spans)


def whole(reading: Reading) -> Sample:
    """All of a text."""
    return Sample(reading, [(0, len(reading.tokens))])


def parts(reading: Reading, texts: list[str]) -> list[Sample]:
    """The parts of a text that were joined by " . ", each as a stretch of it."""
    found, start = [], 0
    for text in texts:
        end = start + len(text.split())
        found.append(Sample(reading, [(start, min(end, len(reading.tokens)))]))
        start = end + 1
    return found


def _embeddings(samples: list[Sample]) -> Vectors:
    """Embeddings of many samples, for training: on all cores, one pass over each text."""
    by_text: dict[str, list[int]] = {}
    for number, sample in enumerate(samples):
        by_text.setdefault(sample.reading.text, []).append(number)

    def embed(numbers: list[int]) -> Vectors:
        return _embed(samples[numbers[0]].reading, [samples[number].spans for number in numbers])

    found = np.zeros((len(samples), DIMENSIONS), dtype=np.float32)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for numbers, rows in zip(by_text.values(), pool.map(embed, by_text.values()), strict=True):
            found[numbers] = rows
    return found


def _embed(reading: Reading, spans: list[Spans]) -> Vectors:
    return encoder().encode_spans(tuple(token.text for token in reading.tokens), spans)


def _named_topics(texts: list[str], topics: list[str]) -> Vectors:
    return np.array([[topic in found for topic in topics] for found in map(lexicon().topics.labels_in, texts)], dtype=_NUMBER)


def _meanings(embeddings: Vectors, named: Vectors) -> Vectors:
    """The dense half of what the regression sees, one row a text: weighted embedding, topics."""
    return np.hstack([embeddings * EMBEDDING_WEIGHT, named * TOPIC_WEIGHT])


@lru_cache(maxsize=_REMEMBERED)
def _spelling(text: str) -> tuple[ngrams.Counts, ngrams.Counts]:
    """The sparse half: n-grams of letters and of words, without their weights."""
    return ngrams.letters(text), ngrams.words(text)


class TextClassifier:
    """Gives each text a probability for each label it was trained on."""

    def __init__(self, labels: list[str], topics: list[str], regression: list[Vectors], neighbours: Neighbours | None) -> None:
        """Topics looked for; the regression's weights (meanings, letters, words) and bias."""
        self.labels = labels
        self._topics = topics
        self._regression = regression
        self._neighbours = neighbours

    @classmethod
    def train(
        cls,
        samples: list[Sample],
        labels: list[str],
        topics: list[str],
        *,
        nearest: int = 0,
    ) -> TextClassifier:
        """Train.

        Args:
            samples: stretches of texts, each as it will stand in a message.
            labels: one a sample; three different ones at least.
            topics: which of content/topics.yml it is told of.
            nearest: how many of the samples, from the first, are asked as neighbours where the regression is unsure.
        """
        texts = [sample.words() for sample in samples]
        embeddings, named = _embeddings(samples), _named_topics(texts, topics)
        of_texts = zip(*map(_spelling, texts), strict=True)
        letters, words = map(ngrams.table, of_texts, (ngrams.LETTER_PLACES, ngrams.WORD_PLACES))
        names = sorted(set(labels))
        numbers = np.array([names.index(label) for label in labels])
        found = fit(
            _meanings(embeddings, named),
            sparse.hstack([letters * NGRAM_WEIGHT, words * WORD_WEIGHT], format="csr"),
            numbers,
            strength=STRENGTH,
            tolerance=TOLERANCE,
        )
        # What weighs an input is put into its weights here, once.
        of_letters, of_words = np.split(found.sparse, [ngrams.LETTER_PLACES])
        regression = [found.dense, of_letters * NGRAM_WEIGHT, of_words * WORD_WEIGHT, found.bias]
        neighbours = Neighbours.train(embeddings[:nearest], numbers[:nearest]) if nearest else None
        return cls(names, topics, regression, neighbours)

    def predict(self, reading: Reading, spans: list[Spans]) -> Vectors:
        """Probabilities, a row a stretch, a column a label in the order of `labels`.

        Args:
            reading: the message.
            spans: the stretches, each as the token spans that belong to it.
        """
        rows = _embed(reading, spans)
        texts = [reading.stretch(parts) for parts in spans]
        named = _named_topics(texts, self._topics)
        of_meanings, of_letters, of_words, bias = self._regression
        letters, words = zip(*map(_spelling, texts), strict=True)
        spelt = ngrams.weighed(letters, of_letters) + ngrams.weighed(words, of_words)
        shares = softmax(_meanings(rows, named) @ of_meanings + spelt + bias)
        unsure = shares.max(axis=1) < SURE
        if self._neighbours is not None and unsure.any():
            shares[unsure] = (shares[unsure] + self._neighbours.shares(rows[unsure])) / 2
        return shares

    def nearest(self, reading: Reading, spans: list[Spans]) -> Vectors:
        """What the nearest examples alone say; rows and columns as in `predict`."""
        if self._neighbours is None:
            raise RuntimeError("this classifier was trained without examples to ask")
        return self._neighbours.shares(_embed(reading, spans))

    def save(self, file: Path) -> None:
        """Write to a .npz file: plain arrays, nothing that could run when read."""
        names: dict[str, Any] = {"labels": np.array(self.labels), "topics": np.array(self._topics)}
        parts = {f"part{place}": part.astype(_NUMBER) for place, part in enumerate(self._regression)}
        near = self._neighbours.parts() if self._neighbours else {}
        np.savez(file, **names, **parts, **near)

    @classmethod
    def load(cls, file: Path) -> TextClassifier:
        """Read what `save` wrote."""
        with np.load(file, allow_pickle=False) as data:
            labels, topics = ([str(name) for name in data[kind]] for kind in ("labels", "topics"))
            regression = [data[f"part{place}"] for place in range(REGRESSION)]
            neighbours = Neighbours(data["directions"], data["places"], data["of"]) if "of" in data.files else None
            return cls(labels, topics, regression, neighbours)
