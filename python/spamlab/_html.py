"""What experiments and explanations look like in a notebook.

No script, and every style stands in its element: a notebook may strip style sheets, and none of ours
touches anything else. Pictures are images, which have styles of their own. The paper is white,
whatever the notebook is.
"""

from __future__ import annotations

import base64
import re
from html import escape

from spamlab import _native

_PAPER = (
    "background:#fff;color:#1f2933;padding:12px 16px;border:1px solid #ddd;border-radius:6px;"
    "max-width:960px;font-family:system-ui,sans-serif;line-height:1.45"
)
_CELL = "padding:3px 10px;text-align:right;border:0;border-bottom:1px solid #e8ecf0;color:#1f2933"
_NAME = _CELL.replace("right", "left")
# The colours of the report on light paper.
_SPAM, _HAM = "#762a83", "#22713f"


def first_screen(experiment: _native.Experiment) -> str:
    """The finding of an experiment, its chart of error rates, and the six metrics."""
    headline, sentence = experiment.finding()
    parts = [
        f'<p style="margin:0 0 4px;font-size:20px;font-weight:600">{escape(headline)}</p>',
        f'<p style="margin:0 0 8px">{escape(sentence)}</p>',
    ]
    svg = experiment.chart("intervals")
    if svg is not None:
        parts.append(image(svg, dict(experiment.charts())["intervals"]))
    headings, rows = experiment.main_metrics()
    parts.append(_table(headings, rows))
    return f'<div style="{_PAPER}">{"".join(parts)}</div>'


def image(svg: str, title: str) -> str:
    """A picture on white paper."""
    # The paper is white for every reader.
    light = re.sub(r"@media screen and \(prefers-color-scheme:dark\)\{[^@]*?\}\}", "", svg)
    data = base64.b64encode(light.encode()).decode()
    return (
        f'<img alt="{escape(title)}" style="max-width:100%;background:#fff" '
        f'src="data:image/svg+xml;base64,{data}"/>'
    )


def _table(headings, rows) -> str:
    def cell(value, uncertainty, style):
        below = f'<br/><small style="color:#56626e">{escape(uncertainty or "")}</small>'
        return f'<td style="{style}">{escape(value)}{below if uncertainty else ""}</td>'

    head = "".join(
        f'<th scope="col" style="{_NAME if at < 2 else _CELL}">{escape(heading)}</th>'
        for at, heading in enumerate(headings)
    )
    body = "".join(
        '<tr style="background:#fff">'
        + "".join(cell(*one, _NAME if at < 2 else _CELL) for at, one in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return (
        '<table style="border-collapse:collapse;font-size:13px;margin-top:8px">'
        f'<thead><tr style="background:#fff">{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def explanation(told) -> str:
    """The verdict on a message and its heaviest tokens, each with a bar."""
    most = max(map(abs, told.contributions), default=0.0) or 1.0
    rows = []
    for token, value in zip(told.tokens, told.contributions):
        colour = _SPAM if value > 0 else _HAM
        width = 120 * abs(value) / most
        bar = (
            f'<span style="display:inline-block;height:10px;width:{width:.0f}px;'
            f'background:{colour}"></span>'
        )
        rows.append(
            f'<tr style="background:#fff"><td style="{_NAME}">{escape(token)}</td>'
            f'<td style="{_CELL}">{value:+.3f}</td><td style="{_NAME}">{bar}</td></tr>'
        )
    verdict = escape(told.predicted)
    return (
        f'<div style="{_PAPER}"><p style="margin:0 0 8px"><strong>{escape(told.model)}</strong>: '
        f"{verdict}, probability of spam {told.probability:.4f}. What each token added to the score "
        f'(<span style="color:{_SPAM}">for spam</span>, <span style="color:{_HAM}">for ham</span>):'
        '</p><table style="border-collapse:collapse;font-size:13px"><tbody>'
        f'{"".join(rows)}</tbody></table></div>'
    )
