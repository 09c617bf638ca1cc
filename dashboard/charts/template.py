"""What plotly assumes of axes and marks, without what it carries for figures not drawn here.

Each figure takes a copy of its template and sends it: plotly's own is most of a small figure.
"""

from __future__ import annotations

import plotly.graph_objects as go
import plotly.io

_AXES_AND_MARKS = (
    "annotationdefaults",
    "autotypenumbers",
    "colorway",
    "shapedefaults",
    "xaxis",
    "yaxis",
)
_TRACES = ("bar", "scatter")


def _pare() -> go.layout.Template:
    whole = plotly.io.templates["plotly"].to_plotly_json()
    return go.layout.Template(
        layout={name: whole["layout"][name] for name in _AXES_AND_MARKS},
        data={name: whole["data"][name] for name in _TRACES},
    )


TEMPLATE = _pare()
