"""The convolutions of an ONNX file, read with forty lines of protobuf instead of a package.

Field numbers are those of onnx.proto3 (ONNX, Apache-2.0): model 7 graph; graph 1 node, 5 initializer;
node 1 input, 4 op_type; tensor 1 dims, 2 data_type, 4 float_data, 8 name, 9 raw_data.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pbn.errors import MissingWeightsError

Kernel = tuple[NDArray[np.float32], NDArray[np.float32]]
_Field = tuple[int, "int | memoryview"]

_FLOAT = 1
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def convolutions(content: bytes) -> list[Kernel]:
    """Kernel (out, in, h, w) and bias of each Conv node with both, in the file's order.

    Raises
    ------
    MissingWeightsError
        When the content is no ONNX model.
    """
    try:
        graph = _one(memoryview(content), 7)
        tensors = dict(_tensor(part) for part in _all(graph, 5))
        inputs = [
            [bytes(name) for name in _all(node, 1)]
            for node in _all(graph, 1)
            if bytes(_one(node, 4)) == b"Conv"
        ]
    except (IndexError, ValueError) as error:
        raise MissingWeightsError(f"The weights are no ONNX model ({error}). Give another file.") from None
    return [
        (tensors[i[1]], tensors[i[2]]) for i in inputs if len(i) == 3 and i[1] in tensors and i[2] in tensors
    ]


def _fields(data: memoryview) -> Iterator[_Field]:
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield tag >> 3, value
            continue
        size = {_FIXED64: 8, _FIXED32: 4}.get(kind)
        if size is None:
            if kind != _BYTES:
                raise ValueError(f"wire type {kind}")
            size, at = _varint(data, at)
        if at + size > len(data):
            raise ValueError("cut short")
        yield tag >> 3, data[at : at + size]
        at += size


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _all(data: memoryview, number: int) -> list[memoryview]:
    return [value for field, value in _fields(data) if field == number and not isinstance(value, int)]


def _one(data: memoryview, number: int) -> memoryview:
    found = _all(data, number)
    if not found:
        raise ValueError(f"field {number} is missing")
    return found[-1]


def _tensor(data: memoryview) -> tuple[bytes, NDArray[np.float32]]:
    dims: list[int] = []
    name, raw, kind = b"", memoryview(b""), 0
    for field, value in _fields(data):
        if isinstance(value, int):
            dims += [value] if field == 1 else []
            kind = value if field == 2 else kind
        elif field == 1:
            dims += _packed(value)
        elif field == 8:
            name = bytes(value)
        elif field in (4, 9):
            raw = value
    if kind != _FLOAT:
        return name, np.zeros(0, np.float32)
    return name, np.frombuffer(raw, "<f4").astype(np.float32).reshape(dims)


def _packed(data: memoryview) -> list[int]:
    values, at = [], 0
    while at < len(data):
        value, at = _varint(data, at)
        values.append(value)
    return values
