"""The recipe of the shipped weights: data, augmentation, training, export.

Needs the extra ``[train]`` (torch, transformers, onnx); nothing that runs in production imports this package.
"""
