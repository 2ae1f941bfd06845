"""Weights that shipped, as a start for more training: int8 back to float, by the names of the graph's nodes."""

import re
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

_MODULE = re.compile(r"/model/(.+?)/(?:Gemm_)?MatMul_quant$")


def weights_of(path: Path) -> dict[str, Tensor]:
    """Return the state of the classifier in an int8 ONNX file that `export` wrote, but for the word embeddings.

    Those were frozen: the base has them exactly, the file only rounded.
    """
    graph = onnx.load(str(path)).graph
    stored = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    state = {
        name.removeprefix("model."): value
        for name, value in stored.items()
        if name.endswith((".bias", "LayerNorm.weight"))
    }
    for name, value in stored.items():
        if name.endswith("_embeddings.weight_quantized") and "word_embeddings" not in name:
            plain = name.removesuffix("_quantized")
            zero, scale = stored[f"{plain}_zero_point"], stored[f"{plain}_scale"]
            state[plain.removeprefix("model.")] = (value.astype(np.float32) - zero) * scale
    for node in graph.node:
        module = _MODULE.match(node.name)
        if node.op_type != "MatMulInteger" or module is None:
            continue
        weight = node.input[1].removesuffix("_quantized")
        whole = (stored[node.input[1]].astype(np.float32) - stored[f"{weight}_zero_point"]) * stored[f"{weight}_scale"]
        state[f"{module[1].replace('/', '.')}.weight"] = whole.T
    return {name: torch.from_numpy(np.array(value, dtype=np.float32)) for name, value in state.items()}
