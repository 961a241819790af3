"""What each picture shows, as Vega-Lite (docs/dashboard.md): plain data in, a specification out.

A layer that draws one thing, such as a target, has one row of data of its own: with the rows of the picture it would be
drawn once for each of them. Shapes speak beside colours, and numbers stand in the picture.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sportello.domain.statistics import Status
from sportello.i18n import N_, Say

Spec = dict[str, Any]

FONT = "Titillium Web"
INK, GREY, LINE, SOFT = "#17324d", "#5b6f82", "#8fa1b3", "#e6ecf2"
BLUE, GREEN, AMBER, RED, ORANGE = "#0066cc", "#008055", "#995c00", "#cc334d", "#b35900"
ONE: Mapping[str, Any] = {"values": [{}]}

STATUS_WORDS: Mapping[Status, str] = {
    Status.KEPT: N_("rispettato"),
    Status.WATCH: N_("da tenere d'occhio"),
    Status.BROKEN: N_("non rispettato"),
    Status.TOO_FEW: N_("dati insufficienti"),
}
STATUS_MARKS: Mapping[Status, tuple[str, str]] = {  # colour, shape
    Status.KEPT: (GREEN, "circle"),
    Status.WATCH: (AMBER, "diamond"),
    Status.BROKEN: (RED, "triangle-down"),
    Status.TOO_FEW: (GREY, "cross"),
}

CONFIG: Spec = {
    "font": FONT,
    "background": "#ffffff",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": 400,
        "gridColor": SOFT,
        "domainColor": LINE,
        "tickColor": LINE,
    },
    "axisBand": {"grid": False},  # its lines would cut the numbers in the cells
    "legend": {"labelFontSize": 13, "labelColor": INK, "symbolSize": 120, "symbolOpacity": 1},
    "text": {"fontSize": 13, "color": INK},
}


def _picture(**parts: Any) -> Spec:
    return {"config": CONFIG, "padding": 4, **parts}


# --- who breaks the standard -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A share in per cent, with its interval and its target."""

    name: str
    percent: float
    low: float
    high: float
    target: float
    status: Status


def intervals(rows: Sequence[Interval], say: Say) -> Spec:
    """A dot with its interval for each service, the worst first, and its target as a tick."""
    values = [
        {
            "name": row.name,
            "percent": round(row.percent, 1),
            "shown": str(int(row.percent)),  # as in the sentences: never rounded up to a target that was missed
            "low": round(row.low, 1),
            "high": round(row.high, 1),
            "target": round(row.target, 1),
            "status": say(STATUS_WORDS[row.status]),
        }
        for row in rows
    ]
    least = min((min(row.low, row.target) for row in rows), default=0)
    x = {"type": "quantitative", "scale": {"domain": [max(0, least // 10 * 10 - 5), 100], "zero": False}}
    title = say(N_("persone su 100 chiamate entro lo standard"))
    present = [one for one in STATUS_MARKS if any(row.status is one for row in rows)]
    words = [say(STATUS_WORDS[one]) for one in present]
    colour = {
        "field": "status",
        "type": "nominal",
        "scale": {"domain": words, "range": [STATUS_MARKS[one][0] for one in present]},
    }
    shape = {"field": "status", "scale": {"domain": words, "range": [STATUS_MARKS[one][1] for one in present]}}
    return _picture(
        data={"values": values},
        width=440,
        height={"step": 34},
        encoding={"y": {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 240}}},
        layer=[
            {
                "mark": {"type": "rule", "strokeWidth": 9, "opacity": 0.3},
                "encoding": {"x": {"field": "low", **x, "title": title}, "x2": {"field": "high"}, "color": colour},
            },
            {
                "mark": {"type": "tick", "thickness": 3, "size": 26, "color": INK},
                "encoding": {"x": {"field": "target", **x}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 170, "opacity": 1},
                "encoding": {
                    "x": {"field": "percent", **x},
                    "color": {**colour, "legend": {"orient": "top", "title": None}},
                    "shape": shape,
                },
            },
            {
                "mark": {"type": "text", "dy": -13, "fontWeight": 700},
                "encoding": {"x": {"field": "percent", **x}, "text": {"field": "shown"}},
            },
        ],
    )


# --- since when --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A point of an individuals chart; the limits are those of its stretch, None where there are none."""

    first: date
    percent: float
    better: bool | None  # None: variation as usual
    mean: float | None
    lower: float | None
    upper: float | None


def individuals(weeks: Sequence[Week], target: float | None, notes: Mapping[date, str], say: Say) -> Spec:
    """Shares by week with mean, natural limits and target; only signals are coloured; notes stand on their day."""
    usual, worse, better = say(N_("variazione normale")), say(N_("peggioramento")), say(N_("miglioramento"))
    values = [
        {
            "week": week.first.isoformat(),
            "percent": round(week.percent, 1),
            "kind": usual if week.better is None else better if week.better else worse,
            "mean": _rounded(week.mean),
            "lower": _rounded(week.lower),
            "upper": _rounded(week.upper),
        }
        for week in weeks
    ]
    y = {"type": "quantitative", "scale": {"domain": [0, 100]}, "title": say(N_("% entro lo standard"))}
    layers: list[Spec] = [
        _steps("lower", y, [4, 3]),
        _steps("upper", y, [4, 3]),
        _steps("mean", y, []),
    ]
    if target is not None:
        layers += _target(target, say)
    if notes:
        layers += _notes(notes)
    legend = {"orient": "top", "title": None}
    domain = {"domain": [usual, worse, better], "range": [GREY, ORANGE, BLUE]}
    shapes = {"domain": [usual, worse, better], "range": ["circle", "triangle-down", "triangle-up"]}
    layers += [
        {"mark": {"type": "line", "color": LINE, "strokeWidth": 1.5}, "encoding": {"y": {"field": "percent", **y}}},
        {
            "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
            "encoding": {
                "y": {"field": "percent", **y},
                "color": {
                    "field": "kind",
                    "type": "nominal",
                    "scale": domain,
                    "legend": legend,
                },
                "shape": {"field": "kind", "type": "nominal", "scale": shapes},
            },
        },
    ]
    axis = {"format": "%b %y", "tickCount": 8, "grid": False, "labelOverlap": True}
    x = {"field": "week", "type": "temporal", "title": None, "axis": axis}
    return _picture(data={"values": values}, width=560, height=260, encoding={"x": x}, layer=layers)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _steps(name: str, y: Spec, dash: Sequence[int]) -> Spec:
    mark = {"type": "line", "color": GREY, "strokeWidth": 1, "interpolate": "step-after", "strokeDash": list(dash)}
    return {"mark": mark, "encoding": {"y": {"field": name, **y}}}


def _target(target: float, say: Say) -> list[Spec]:
    alone = {"y": {"datum": target, "type": "quantitative"}, "x": None}
    label = {"type": "text", "align": "right", "dy": -8, "color": RED, "fontWeight": 700, "text": say(N_("obiettivo"))}
    return [
        {"data": ONE, "mark": {"type": "rule", "color": RED, "strokeWidth": 2}, "encoding": alone},
        {"data": ONE, "mark": label, "encoding": {"y": alone["y"], "x": {"value": "width"}}},
    ]


def _notes(notes: Mapping[date, str]) -> list[Spec]:
    rows = {"values": [{"day": day.isoformat(), "mark": mark} for day, mark in notes.items()]}
    x = {"field": "day", "type": "temporal"}
    return [
        {"data": rows, "mark": {"type": "rule", "color": BLUE, "strokeDash": [2, 2]}, "encoding": {"x": x}},
        {
            "data": rows,
            "mark": {"type": "text", "color": BLUE, "fontWeight": 700, "dx": 8, "align": "left"},
            "encoding": {"x": x, "y": {"value": 252}, "text": {"field": "mark"}},
        },
    ]


# --- at what hours -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """The waits of an hour of arrival on a day of the week; `minutes` None where too few came to be shown."""

    weekday: int  # 0 is Monday
    hour: int
    minutes: float | None


def heat(cells: Sequence[Hour], limit: float | None, days: Sequence[str], say: Say) -> Spec:
    """Minutes that nine in ten waited at most, by hour and day of the week: darker is longer, bold over the limit."""
    shown = [cell for cell in cells if cell.minutes is not None]
    values = [
        {
            "day": days[cell.weekday],
            "hour": f"{cell.hour}–{cell.hour + 1}",
            "minutes": round(cell.minutes or 0, 1),
            "over": limit is not None and (cell.minutes or 0) > limit,
        }
        for cell in shown
    ]
    top = max((cell.minutes or 0 for cell in shown), default=1)
    hours = [cell.hour for cell in shown] or [0]
    dark = {"condition": {"test": f"datum.minutes > {top * 0.7:.2f}", "value": "#ffffff"}, "value": INK}
    x = {
        "field": "hour",
        "type": "ordinal",
        "sort": None,
        "scale": {"domain": [f"{hour}–{hour + 1}" for hour in range(min(hours), max(hours) + 1)]},
        "title": say(N_("ora di arrivo")),
        "axis": {"labelAngle": 0},
    }
    used = sorted({cell.weekday for cell in shown})
    y = {"field": "day", "type": "ordinal", "sort": [days[day] for day in used], "title": None}
    colour = {
        "field": "minutes",
        "type": "quantitative",
        "scale": {
            "range": ["#fdf3e7", "#e8a860", "#7a3d00"],
            "domain": [0, (top or 1) / 2, top or 1],
            "interpolate": "rgb",
        },
        "legend": None,
    }
    text = {"field": "minutes", "format": ".0f"}
    over = {"filter": "datum.over"}
    return _picture(
        data={"values": values},
        width={"step": 54},
        height={"step": 38},
        encoding={"x": x, "y": y},
        layer=[
            {"mark": {"type": "rect", "stroke": "#ffffff", "strokeWidth": 2}, "encoding": {"color": colour}},
            {"transform": [over], "mark": {"type": "rect", "filled": False, "stroke": RED, "strokeWidth": 2.5}},
            {"transform": [{"filter": "!datum.over"}], "mark": "text", "encoding": {"text": text, "color": dark}},
            {
                "transform": [over],
                "mark": {"type": "text", "fontWeight": 700},
                "encoding": {"text": text, "color": dark},
            },
        ],
    )


# --- how late are the late ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How many waited from `start` to `end` minutes."""

    start: float
    end: float
    n: int
    late: bool


def histogram(bars: Sequence[Bar], limit: float | None, say: Say) -> Spec:
    """Waits by their length; those over the limit in a second colour, the limit as a line."""
    inside, late = say(N_("entro lo standard")), say(N_("oltre"))
    values = [{"start": bar.start, "end": bar.end, "n": bar.n, "kind": late if bar.late else inside} for bar in bars]
    colour = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": [inside, late], "range": [BLUE, ORANGE]},
        "legend": {"orient": "top", "title": None},
    }
    layers: list[Spec] = [
        {
            "mark": {"type": "bar", "binSpacing": 1},
            "encoding": {
                "x": {
                    "field": "start",
                    "type": "quantitative",
                    "bin": {"binned": True},
                    "title": say(N_("minuti di attesa")),
                    "axis": {"grid": False, "tickMinStep": 5},
                },
                "x2": {"field": "end"},
                "y": {"field": "n", "type": "quantitative", "title": say(N_("persone"))},
                "color": colour,
            },
        }
    ]
    if limit is not None:
        alone = {"x": {"datum": limit, "type": "quantitative"}, "y": None}
        layers += [
            {"data": ONE, "mark": {"type": "rule", "color": RED, "strokeWidth": 2}, "encoding": alone},
            {
                "data": ONE,
                "mark": {"type": "text", "color": RED, "fontWeight": 700, "text": say(N_("standard"))},
                "encoding": {"x": alone["x"], "y": {"value": -9}},
            },
        ]  # fmt: skip
    return _picture(data={"values": values}, width=560, height=220, layer=layers)


# --- what did one day look like ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """One ticket of a day: minutes after midnight, local time; `to` None where it was never called."""

    since: float
    to: float
    late: bool


def strip(strands: Sequence[Strand], say: Say) -> Spec:
    """Each number as a line from its issue to its call, those over the standard in a second colour."""
    inside, late = say(N_("entro lo standard")), say(N_("oltre, o mai chiamato"))
    ordered = sorted(strands, key=lambda one: one.since)
    values = [
        {"n": n, "since": round(one.since / 60, 4), "to": round(one.to / 60, 4), "kind": late if one.late else inside}
        for n, one in enumerate(ordered, start=1)
    ]
    colour = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": [inside, late], "range": [BLUE, ORANGE]},
        "legend": {"orient": "top", "title": None},
    }
    hours = {
        "type": "quantitative",
        "scale": {"zero": False, "nice": False},
        "title": say(N_("ora")),
        "axis": {"format": ".0f", "tickMinStep": 1},
    }
    y = {
        "field": "n",
        "type": "ordinal",
        "title": say(N_("numeri, in ordine di arrivo")),
        "axis": {"labels": False, "ticks": False},
    }
    return _picture(
        data={"values": values},
        width=560,
        height={"step": max(2, min(7, 420 / max(1, len(values))))},
        layer=[
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"x": {"field": "since", **hours}, "x2": {"field": "to"}, "y": y, "color": colour},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 14, "opacity": 1},
                "encoding": {"x": {"field": "to", **hours}, "y": y, "color": colour},
            },
        ],
    )


# --- what would help ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """A share in per cent as it was, or as it would be, between two bounds."""

    name: str
    percent: float
    low: float
    high: float


def outlook(rows: Sequence[Outlook], target: float | None, say: Say) -> Spec:
    """The share as it was and as it would be, the second with its range."""
    values = [
        {"name": row.name, "percent": round(row.percent, 1), "low": round(row.low, 1), "high": round(row.high, 1)}
        for row in rows
    ]
    x = {
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "title": say(N_("persone su 100 chiamate entro lo standard")),
    }
    layers: list[Spec] = [
        {
            "mark": {"type": "rule", "strokeWidth": 10, "opacity": 0.3, "color": BLUE},
            "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 170, "color": BLUE, "opacity": 1},
            "encoding": {"x": {"field": "percent", **x}},
        },
        {
            "mark": {"type": "text", "dy": -14, "fontWeight": 700},
            "encoding": {"x": {"field": "percent", **x}, "text": {"field": "percent", "format": ".0f"}},
        },
    ]
    if target is not None:
        alone = {"x": {"datum": target, "type": "quantitative"}, "y": None}
        layers.append({"data": ONE, "mark": {"type": "rule", "color": RED, "strokeWidth": 2}, "encoding": alone})
    y = {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 260}}
    return _picture(data={"values": values}, width=440, height={"step": 46}, encoding={"y": y}, layer=layers)
