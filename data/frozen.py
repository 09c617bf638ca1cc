"""Dataclasses as JSON text and back, with frames and arrays in them, read by their type hints."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd

T = TypeVar("T")


def freeze(thing: Any) -> str:
    """Return a dataclass as text; figures that are not numbers stay so."""
    return json.dumps(_plain(thing))


def thaw(kind: type[T], body: str) -> T:
    """Return what `freeze` was given, of this type."""
    found: T = _built(kind, json.loads(body))
    return found


def _plain(thing: Any) -> Any:
    if is_dataclass(thing):
        return [_plain(getattr(thing, field.name)) for field in fields(thing)]
    if isinstance(thing, pd.DataFrame):
        types = [str(dtype) for dtype in thing.dtypes]
        cells = [[_cell(value) for value in thing[name]] for name in thing]
        return [list(thing.columns), types, cells]
    if isinstance(thing, np.ndarray):
        return thing.tolist()
    if isinstance(thing, dict):
        return [[_plain(key), _plain(value)] for key, value in thing.items()]
    if isinstance(thing, list | tuple):
        return [_plain(value) for value in thing]
    if isinstance(thing, date):
        return thing.isoformat()
    return thing.value if isinstance(thing, Enum) else thing


def _cell(value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _built(kind: Any, plain: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if plain is None else _built(next(k for k in inner if k is not NoneType), plain)
    if kind is np.ndarray or origin is np.ndarray:
        return np.array(plain, dtype=np.float64)
    if kind is pd.DataFrame:
        columns, types, cells = plain
        held = {
            name: pd.array(values, dtype=dtype)
            for name, dtype, values in zip(columns, types, cells, strict=True)
        }
        return pd.DataFrame(held, columns=columns)
    if origin is dict:
        return {_built(inner[0], key): _built(inner[1], value) for key, value in plain}
    if origin is list:
        return [_built(inner[0], value) for value in plain]
    if origin is tuple:
        each = inner[:1] * len(plain) if inner[-1] is ... else inner
        return tuple(_built(k, value) for k, value in zip(each, plain, strict=True))
    if is_dataclass(kind):
        names = [field.name for field in fields(kind)]
        hints = _hints(kind)
        return kind(**{n: _built(hints[n], v) for n, v in zip(names, plain, strict=True)})
    if isinstance(kind, type) and issubclass(kind, date):
        return kind.fromisoformat(plain)
    return kind(plain) if isinstance(kind, type) and issubclass(kind, Enum) else plain


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
