"""The encoder's graph: weights out of it and into it, its lower half, and all of it in whole numbers.

The package ships the weights in eight bits, but as a graph that turns them back into floats when it is loaded. With onnxruntime's
dynamic quantisation a message costs a third of the CPU, and loading a tenth of the time (docs/understanding.md).
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from assistant.nlu.encoder import session

LAYERS = 6
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
# One array a parameter of a layer, by its name in BERT ("attention.self.query.weight"), the layers along the first axis.
Weights = dict[str, NDArray[np.float32]]


class Graph:
    """MiniLM as floats."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self._model = model
        made_by = {output: node for node in model.graph.node for output in node.output}
        stored = {tensor.name for tensor in model.graph.initializer}
        # Matrices have lost their names; each is what the sum with its bias, which has one, multiplies.
        self._names = {name: name for name in stored}
        for node in model.graph.node:
            if node.op_type == "Add" and node.input[1].endswith(".bias") and node.input[0] in made_by:
                self._names[node.input[1].removesuffix("bias") + "weight"] = made_by[node.input[0]].input[1]

    @classmethod
    def read(cls, source: Path, folder: Path) -> Self:
        """Read the package's graph.

        Args:
            source: the graph.
            folder: for what is made on the way.
        """
        floats = folder / "floats.onnx"
        options = onnxruntime.SessionOptions()
        # "Basic" works out what is constant, here the weights as floats, and changes nothing else.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(floats)
        onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
        return cls(onnx.load(str(floats)))

    def layers(self, first: int) -> Weights:
        """The weights of the layers from `first` up."""
        stored = {tensor.name: tensor for tensor in self._model.graph.initializer}
        parts = sorted(name.split("layer.0.")[1] for name in self._names if ".layer.0." in name)
        return {
            part: np.stack([numpy_helper.to_array(stored[self._names[_full(layer, part)]]) for layer in range(first, LAYERS)])
            for part in parts
        }

    def put(self, weights: Weights, first: int) -> None:
        """Put other weights in place of those of the layers from `first` up."""
        new = {self._names[_full(first + row, part)]: value for part, rows in weights.items() for row, value in enumerate(rows)}
        for tensor in self._model.graph.initializer:
            if tensor.name in new:
                tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(new[tensor.name]), tensor.name))

    def lower(self, first: int, folder: Path) -> Path:
        """Write the part below layer `first` in whole numbers, as it will run; its output is that layer's input."""
        all_of_it, lower = folder / "all.onnx", folder / "lower.onnx"
        self.write(all_of_it)
        onnx.utils.extract_model(str(all_of_it), str(lower), INPUTS, [f"layer_norm_{2 * first}"])
        return lower

    def likeness(self, whole: Path, texts: list[list[int]]) -> float:
        """How like the vectors of a graph in whole numbers are to those of this one, 1 at best: the least of some texts', as pieces."""
        least = 1.0
        with_floats, in_whole_numbers = session(self._model.SerializeToString()), session(whole)
        for pieces in texts:
            rows = [states(graph, pieces)[1:-1].mean(axis=0) for graph in (with_floats, in_whole_numbers)]
            least = min(least, float(rows[0] @ rows[1] / np.linalg.norm(rows[0]) / np.linalg.norm(rows[1])))
        return least

    def write(self, target: Path) -> None:
        """Write all of it with matrices multiplied in whole numbers."""
        quantize_dynamic(
            self._model,
            target,
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            # Seven bits: older processors overflow with eight, and the same words would get another answer there.
            reduce_range=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )


def states(graph: onnxruntime.InferenceSession, pieces: list[int]) -> NDArray[np.float32]:
    """What a graph makes of one text: a row a piece."""
    text = np.array([pieces], dtype=np.int64)
    found: NDArray[np.float32] = graph.run(None, dict(zip(INPUTS, (text, np.ones_like(text), np.zeros_like(text)), strict=True)))[0][0]
    return found


def _full(layer: int, part: str) -> str:
    return f"inner.encoder.layer.{layer}.{part}"
