"""A simulated roll-out as SVG: a row a step, in it a bar a stack, and the waits between.

Time runs to the right. A freeze window is drawn with one width however long it is, because two weeks of it would
leave no room for the minutes in which something happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from landform.org.graph import counted
from landform.rollout.policy import duration
from landform.rollout.simulate import Simulation, Span, StepRun

_LEFT = 330.0
_RIGHT = 640.0
_MARGIN = 24.0
_TOP = 78.0
_ROW = 58.0
_LANES = 34.0
_FREEZE = 36.0
_COLOURS = {"applied": "#2f7d6b", "failed": "#b3261e", "bake": "#dbe4ee", "freeze": "#c9b8e8"}
_STYLE = """\
text { font-family: Helvetica, Arial, 'DejaVu Sans', sans-serif; font-size: 12px; fill: #1f2933 }
.top { font-size: 20px; font-weight: bold }
.title { font-size: 14px; font-weight: bold }
.detail, .tick { fill: #52606d }
.grid { stroke: #e4e7eb }
.row { stroke: #cbd2d9 }"""


@dataclass(frozen=True, slots=True)
class _Scale:
    """From seconds to a place on the page, freeze windows drawn narrow."""

    seconds: float
    freezes: tuple[tuple[float, float], ...]

    def __call__(self, second: float) -> float:
        frozen = sum(max(0.0, min(second, end) - start) for start, end in self.freezes)
        windows = sum(
            min(1.0, max(0.0, (second - start) / (end - start))) for start, end in self.freezes if end > start
        )
        width = _RIGHT - len(self.freezes) * _FREEZE
        return _MARGIN + _LEFT + windows * _FREEZE + (second - frozen) / self._worked * width

    @property
    def _worked(self) -> float:
        return max(1.0, self.seconds - sum(end - start for start, end in self.freezes))

    def ticks(self) -> Iterator[float]:
        """Round times, at most nine, none of them inside a freeze window."""
        units = (60, 300, 600, 1800, 3600, 7200, 14_400, 28_800, 86_400)
        unit = next((unit for unit in units if self._worked / unit <= 8), self._worked / 8)
        second = 0.0
        while second <= self.seconds:
            if not any(start < second < end for start, end in self.freezes):
                yield second
            second += unit


def timeline_svg(simulation: Simulation, heading: str) -> str:
    """The picture of a simulated roll-out, under a heading."""
    return "\n".join(_document(simulation, heading)) + "\n"


def _document(simulation: Simulation, heading: str) -> Iterator[str]:
    height = _TOP + _ROW * len(simulation.runs) + 58
    width = _LEFT + _RIGHT + 2 * _MARGIN
    freezes = sorted({(span.start, span.end) for span in simulation.spans if span.what == "freeze"})
    scale = _Scale(simulation.seconds, tuple(freezes))
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{_n(width)}" height="{_n(height)}" '
        f'viewBox="0 0 {_n(width)} {_n(height)}">'
    )
    yield f"<title>{escape(heading)}</title>"
    yield f"<style>\n{_STYLE}\n</style>"
    yield f'<rect width="{_n(width)}" height="{_n(height)}" fill="#fff"/>'
    yield _text("top", _MARGIN, 36, heading)
    bottom = _TOP + _ROW * len(simulation.runs)
    for tick in scale.ticks():
        x = scale(tick)
        yield f'<path class="grid" d="M{_n(x)} {_n(_TOP - 6)}V{_n(bottom)}"/>'
        yield _text("tick", x + 3, _TOP - 10, duration(tick))
    for start, end in freezes:
        title = f"freeze window, {duration(end - start)}"
        yield _bar(scale(start), _TOP, scale(end) - scale(start), bottom - _TOP, "freeze", title)
    for index, run in enumerate(simulation.runs):
        yield from _row(run, simulation.spans, scale, _TOP + index * _ROW)
    yield from _legend(bottom + 22)
    if simulation.rollout.halted:
        yield _text("detail", _MARGIN, bottom + 46, f"Halted: {simulation.rollout.halted}")
    yield "</svg>"


def _row(run: StepRun, spans: Sequence[Span], scale: _Scale, y: float) -> Iterator[str]:
    step = run.step
    accounts = counted(len(step.accounts), "account")
    detail = f"{accounts}, {run.peak} at once, {step.tolerance} may fail"
    yield f'<path class="row" d="M{_n(_MARGIN)} {_n(y)}h{_n(_LEFT + _RIGHT)}"/>'
    yield _text("title", _MARGIN, y + 23, f"{step.number} · {step.title}")
    yield _text("detail", _MARGIN, y + 41, detail if run.started is not None else f"{accounts}, untouched")
    work = [span for span in spans if span.step == step.number and span.stack]
    lanes = _lanes(work)
    height = _LANES / max(1, len(lanes))
    for number, lane in enumerate(lanes):
        for span in lane:
            x, end = scale(span.start), scale(span.end)
            # Narrow bars keep their colour: there is no gap where it would take more than a fifth.
            width = (end - x) - min(1.0, (end - x) / 5)
            title = f"{span.stack} {span.what}, {duration(span.start)} to {duration(span.end)}"
            gap = min(1.0, height / 5)
            yield _bar(x, y + 12 + number * height, width, height - gap, span.what, title)
    for span in spans:
        if span.step == step.number and span.what == "bake":
            x = scale(span.start)
            took = duration(span.end - span.start)
            yield _bar(x, y + 12, scale(span.end) - x, _LANES, "bake", f"bake {took}")
            if scale(span.end) - x > 70:
                yield _text("detail", x + 6, y + 33, f"bake {took}")


def _lanes(work: Sequence[Span]) -> list[list[Span]]:
    """The spans in as few rows as hold them without overlaps."""
    lanes: list[list[Span]] = []
    for span in sorted(work, key=lambda span: (span.start, span.end, span.stack)):
        free = next((lane for lane in lanes if lane[-1].end <= span.start), None)
        if free is None:
            lanes.append([span])
        else:
            free.append(span)
    return lanes


def _legend(y: float) -> Iterator[str]:
    for number, (what, colour) in enumerate(_COLOURS.items()):
        x = _MARGIN + _LEFT + number * 100
        yield f'<rect x="{_n(x)}" y="{_n(y - 10)}" width="12" height="12" fill="{colour}"/>'
        yield _text("detail", x + 18, y, what)


def _bar(x: float, y: float, width: float, height: float, what: str, title: str) -> str:
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="{_COLOURS[what]}">'
        f"<title>{escape(title)}</title></rect>"
    )


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}">{escape(text)}</text>'


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
