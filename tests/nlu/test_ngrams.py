"""N-grams are counted as scikit-learn counts them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import HashingVectorizer

from assistant.nlu import ngrams
from assistant.nlu.lexicon import lexicon

TEXTS = [
    lexicon().reader.read("My calf's been twitching since tuesday, twitching on & off!!! é").text,
    " i i i a ",
    " " + "longer than any word of the language " * 3 + "x" * 80 + " ",
    " ",
]
OF_LETTERS = HashingVectorizer(
    analyzer="char_wb", ngram_range=(2, 4), n_features=ngrams.LETTER_PLACES, alternate_sign=False, dtype=np.float32
)
OF_WORDS = HashingVectorizer(
    tokenizer=str.split, token_pattern=None, ngram_range=(1, 3), n_features=ngrams.WORD_PLACES, alternate_sign=False, dtype=np.float32
)


def test_letters_are_counted_as_by_scikit_learn() -> None:
    found = ngrams.table([ngrams.letters(text) for text in TEXTS], ngrams.LETTER_PLACES)
    assert found.toarray() == pytest.approx(OF_LETTERS.transform(TEXTS).toarray(), abs=1e-6)


def test_words_are_counted_as_by_scikit_learn() -> None:
    found = ngrams.table([ngrams.words(text) for text in TEXTS], ngrams.WORD_PLACES)
    assert found.toarray() == pytest.approx(OF_WORDS.transform(TEXTS).toarray(), abs=1e-6)


def test_one_text_is_weighed_as_all_in_a_table() -> None:
    counts = [ngrams.letters(text) for text in TEXTS]
    weights = np.random.default_rng(0).standard_normal((ngrams.LETTER_PLACES, 3)).astype(np.float32)
    expected = ngrams.table(counts, ngrams.LETTER_PLACES) @ weights
    assert ngrams.weighed(counts, weights) == pytest.approx(expected, abs=1e-5)
