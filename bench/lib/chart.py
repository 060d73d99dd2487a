"""The medians as a picture: bars on a logarithmic scale."""

import math
from html import escape

from report import BY_COST

WIDTH, LEFT, RIGHT, TOP = 880, 170, 70, 78
BAR, GAP = 13, 14

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .head { font-size: 15px; font-weight: 600 }
  .soft { fill: #59636e }
  .grid { stroke: #d1d9e0 }
  .c0 { fill: #0969da } .c1 { fill: #1a7f37 } .c2 { fill: #8c959f } .c3 { fill: #bc4c00 } .c4 { fill: #8250df }
  .c5 { fill: #9a6700 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .soft { fill: #9198a1 }
    .grid { stroke: #3d444d }
    .c0 { fill: #4493f8 } .c1 { fill: #3fb950 } .c2 { fill: #7d8590 } .c3 { fill: #db6d28 } .c4 { fill: #ab7df8 }
    .c5 { fill: #d29922 }
  }
"""

# A system has the same colour in every picture.
COLOURS = ["Owambe, SQLite", "Owambe, PostgreSQL", "limit", "DRF", "PocketBase", "one commit each"]


def chart(figures, machine):
    """The picture, as SVG."""
    rows = groups(figures)
    rates = [rate for _name, bars in rows for _system, rate in bars]
    low, high = decades(rates)
    bottom = TOP + sum(len(bars) * BAR + GAP for _name, bars in rows)
    title = "Requests a second, by workload and system"
    when = f"{machine['processors']} processors, commit {machine['commit']}, {machine['date'][:10]}"
    told = f"Logarithmic scale; more is better. {when}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 28}" role="img" '
        'aria-labelledby="title desc">',
        f'<title id="title">{title}</title>',
        f'<desc id="desc">{escape(in_words(rows))}</desc>',
        f"<style>{STYLE}</style>",
        f'<text class="head" x="12" y="22">{title}</text>',
        f'<text class="soft" x="12" y="40">{escape(told)}</text>',
        *legend(shown_systems(figures)),
        *grid(low, high, bottom),
        *bars_of(rows, low, high),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def shown_systems(figures):
    """Those whose requests a second say something beside those of others."""
    return [name for name in figures.systems if name not in BY_COST]


def groups(figures):
    """For every workload, the systems that did it, and how fast."""
    rows = []
    for workload in (each.name for each in figures.workloads):
        bars = [(system, figures.median(workload, system, "rate")) for system in shown_systems(figures)]
        if bars := [(system, rate) for system, rate in bars if rate]:
            rows.append((workload, bars))
    return rows


def decades(rates):
    """The powers of ten around some rates."""
    if not rates:
        return 0, 1
    low, high = math.floor(math.log10(min(rates))), math.ceil(math.log10(max(rates)))
    return low, max(high, low + 1)


def place(rate, low, high):
    """How far to the right a rate is."""
    return LEFT + (math.log10(rate) - low) / (high - low) * (WIDTH - LEFT - RIGHT)


def colour(system):
    """The class of a system's bars."""
    return f"c{COLOURS.index(system)}" if system in COLOURS else "c2"


def legend(systems):
    """Which colour is whose."""
    parts, x = [], 12
    for system in systems:
        parts.append(f'<rect class="{colour(system)}" x="{x}" y="50" width="11" height="11"/>')
        parts.append(f'<text x="{x + 16}" y="60">{escape(system)}</text>')
        x += 36 + 7 * len(system)
    return parts


def grid(low, high, bottom):
    """A line for every power of ten."""
    parts = []
    for power in range(low, high + 1):
        x = round(place(10.0**power, low, high), 1)
        parts.append(f'<line class="grid" x1="{x}" y1="{TOP - 6}" x2="{x}" y2="{bottom}"/>')
        label = f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"
        parts.append(f'<text class="soft" x="{x}" y="{bottom + 16}" text-anchor="middle">{label}</text>')
    return parts


def bars_of(rows, low, high):
    """The bars, each with its number."""
    parts, y = [], TOP
    for name, bars in rows:
        middle = y + len(bars) * BAR / 2 + 4
        parts.append(f'<text x="{LEFT - 10}" y="{middle}" text-anchor="end">{escape(name)}</text>')
        for system, rate in bars:
            end = round(place(rate, low, high), 1)
            width = round(max(1.0, end - LEFT), 1)
            parts.append(f'<rect class="{colour(system)}" x="{LEFT}" y="{y}" width="{width}" height="{BAR - 2}"/>')
            parts.append(f'<text class="soft" x="{LEFT + width + 5}" y="{y + BAR - 3}">{shown(rate)}</text>')
            y += BAR
        y += GAP
    return parts


def shown(rate):
    """A rate for people."""
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"


def in_words(rows):
    """The same for who does not see it."""
    return " ".join(
        f"{name}: " + ", ".join(f"{system} {shown(rate)}" for system, rate in bars) + "." for name, bars in rows
    )
