"""The encoder's weights out of the package's graph, and graphs of it that run fast: fused operators, matrices in whole numbers.

The package ships the weights in eight bits, but as a graph that turns them back into floats when it is loaded, and works out attention in
dozens of small steps. With onnxruntime's own operators for BERT and its dynamic quantisation a message costs a third of the CPU, and
loading a tenth of the time (docs/trials.md).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from assistant.nlu.encoder import DIMENSIONS, session

LAYERS, HEADS = 6, 12
# BERT's; added to what is divided by, so that it is never nothing.
EPSILON = 1e-12
# The newest versions of operators that are needed, and of the file that all the onnxruntimes which know them read.
OPERATORS, FUSED, FILE = 17, "com.microsoft", 9
# What a linear layer has.
PARAMETERS = ("weight", "bias")
# One array a parameter of a layer, by its name in BERT ("attention.self.query.weight"), the layers along the first axis.
Weights = dict[str, NDArray[np.float32]]


class Minilm:
    """MiniLM as floats."""

    def __init__(self, embeddings: Weights, layers: Weights) -> None:
        """Set up.

        Args:
            embeddings: parameters below the layers, by their names in BERT.
            layers: those of all the layers.
        """
        self._embeddings = embeddings
        self._layers = layers

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
        graph = onnx.load(str(floats)).graph
        stored = {tensor.name.removeprefix("inner."): numpy_helper.to_array(tensor) for tensor in graph.initializer}
        # Matrices have lost their names; each is what the sum with its bias, which has one, multiplies.
        made_by = {output: node for node in graph.node for output in node.output}
        for node in graph.node:
            if node.op_type == "Add" and node.input[1].endswith(".bias") and node.input[0] in made_by:
                name = node.input[1].removeprefix("inner.").removesuffix("bias") + "weight"
                stored[name] = stored[made_by[node.input[0]].input[1]]
        embeddings = {name.removeprefix("embeddings."): value for name, value in stored.items() if name.startswith("embeddings.")}
        parts = sorted(name.removeprefix("encoder.layer.0.") for name in stored if name.startswith("encoder.layer.0."))
        layers = {part: np.stack([stored[f"encoder.layer.{layer}.{part}"] for layer in range(LAYERS)]) for part in parts}
        return cls(embeddings, layers)

    def layers(self, first: int) -> Weights:
        """The weights of the layers from `first` up."""
        return {part: value[first:].copy() for part, value in self._layers.items()}

    def put(self, weights: Weights, first: int) -> None:
        """Put other weights in place of those of the layers from `first` up."""
        for part, value in weights.items():
            self._layers[part][first:] = value

    def graph(self, layers: int) -> onnx.ModelProto:
        """The lowest layers as a graph in floats: from one text's pieces (1, piece) to the state of each (1, piece, number)."""
        build = _Builder()
        # Every piece is of the first kind; what BERT adds to a piece for that is added to its place.
        places = self._embeddings["position_embeddings.weight"] + self._embeddings["token_type_embeddings.weight"][0]
        build.constant("begin", np.array([0], dtype=np.int64))
        build.add("Shape", ["input_ids"], "length", start=1)
        build.add("Slice", [build.constant("places", places), "begin", "length", "begin"], "place")
        build.add("Gather", [build.constant("words", self._embeddings["word_embeddings.weight"]), "input_ids"], "word")
        build.add("Add", ["word", "place"], "embedded")
        norm = [build.constant(part, self._embeddings[part]) for part in ("LayerNorm.weight", "LayerNorm.bias")]
        states = build.add("LayerNormalization", ["embedded", *norm], "states", epsilon=EPSILON)
        for layer in range(layers):
            states = build.layer(f"{layer}.", {part: value[layer] for part, value in self._layers.items()}, states)
        return build.model(states)

    def write(self, target: Path, layers: int = LAYERS) -> Path:
        """Write the lowest layers, without a number all of them, with matrices multiplied in whole numbers; gives the target."""
        quantize_dynamic(
            self.graph(layers),
            target,
            op_types_to_quantize=["Attention", "MatMul", "Gather"],
            per_channel=True,
            # Seven bits: older processors overflow with eight, and the same words would get another answer there.
            reduce_range=True,
            weight_type=QuantType.QInt8,
            # onnx does not know what onnxruntime's own operators give.
            extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
        )
        return target

    def likeness(self, whole: Path, texts: list[list[int]]) -> float:
        """How like the vectors of a graph in whole numbers are to those of this one, 1 at best: the least of some texts', as pieces."""
        least = 1.0
        with_floats, in_whole_numbers = session(self.graph(LAYERS).SerializeToString()), session(whole)
        for pieces in texts:
            rows = [states(graph, pieces)[1:-1].mean(axis=0) for graph in (with_floats, in_whole_numbers)]
            least = min(least, float(rows[0] @ rows[1] / np.linalg.norm(rows[0]) / np.linalg.norm(rows[1])))
        return least


class _Builder:
    """A graph in the making."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, domain: str = "", **settings: Any) -> str:
        """One operator; gives its output's name."""
        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **settings))
        return output

    def layer(self, name: str, weights: Weights, states: str) -> str:
        """One layer of BERT: attention, then two linear layers, each added to what came in (Devlin et al. 2019)."""

        def constants(*parts: str) -> list[str]:
            return [self.constant(name + part, weights[part]) for part in parts]

        asked = [
            np.concatenate([weights[f"attention.self.{own}.{part}"] for own in ("query", "key", "value")], axis=-1) for part in PARAMETERS
        ]
        of_attention = [self.constant(name + part, value) for part, value in zip(PARAMETERS, asked, strict=True)]
        heard = self.add("Attention", [states, *of_attention], name + "heard", FUSED, num_heads=HEADS)
        for linear, norm, inner in (
            ("attention.output.dense", "attention.output.LayerNorm", None),
            ("output.dense", "output.LayerNorm", "intermediate.dense"),
        ):
            if inner:
                wide = self.add("MatMul", [states, *constants(f"{inner}.weight")], f"{name}{inner}")
                heard = self.add("FastGelu", [wide, *constants(f"{inner}.bias")], f"{name}gelu", FUSED)
            heard = self.add("MatMul", [heard, *constants(f"{linear}.weight")], name + linear)
            beside = constants(f"{norm}.weight", f"{norm}.bias", f"{linear}.bias")
            states = self.add("SkipLayerNormalization", [heard, states, *beside], name + norm, FUSED, epsilon=EPSILON)
        return states

    def model(self, output: str) -> onnx.ModelProto:
        """All of it, with one output."""
        pieces = helper.make_tensor_value_info("input_ids", onnx.TensorProto.INT64, [1, "pieces"])
        states = helper.make_tensor_value_info(output, onnx.TensorProto.FLOAT, [1, "pieces", DIMENSIONS])
        graph = helper.make_graph(self._nodes, "minilm", [pieces], [states], self._constants)
        versions = [helper.make_opsetid("", OPERATORS), helper.make_opsetid(FUSED, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=FILE)


def states(graph: onnxruntime.InferenceSession, pieces: list[int]) -> NDArray[np.float32]:
    """What a graph makes of one text: a row a piece."""
    found: NDArray[np.float32] = graph.run(None, {"input_ids": np.array([pieces], dtype=np.int64)})[0][0]
    return found
