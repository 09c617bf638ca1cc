"""A finished figure that plotly takes as it is."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go


class Sheet(go.Figure):
    """A figure drawn as plain data and sent so: checking it again took two thirds of drawing it.

    Streamlit has plotly check what is not a `go.Figure`, so this is one, which knows only how to
    be sent. Tests draw the same data as an ordinary figure, which is checked.
    """

    def __init__(self, drawn: dict[str, Any]) -> None:
        super().__init__()
        self._drawn = drawn

    def to_dict(self) -> dict[str, Any]:
        return self._drawn
