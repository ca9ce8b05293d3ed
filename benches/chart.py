"""The chart of time and memory against the number of messages. For `performance.py`."""

import math

WIDTH, HEIGHT, LEFT, TOP, PANEL, BETWEEN, DOWN = 880, 420, 70, 60, 330, 110, 280
COLOURS = ["#1b7837", "#7fbf7b", "#762a83", "#af8dc3", "#2166ac", "#92c5de"]


def slope(points):
    """The exponent of growth between the last two points (messages, value)."""
    (x, y), (u, v) = sorted(points)[-2:]
    return math.log(v / y) / math.log(u / x)


def text(x, y, words, anchor="middle", size=12, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"{more}>{words}</text>'


def decades(values):
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def panel(left, title, unit, lines, sizes):
    """One log-log chart: `lines` has a name and points (messages, value) each."""
    across = (math.log10(min(sizes)), math.log10(max(sizes)))
    low, high = decades([value for _, points in lines for _, value in points])
    place_x = lambda x: left + PANEL * (math.log10(x) - across[0]) / (across[1] - across[0])
    place_y = lambda y: TOP + DOWN * (high - math.log10(y)) / (high - low)
    out = [text(left + PANEL / 2, TOP - 14, title, size=14, more=' font-weight="600"')]
    for power in range(low, high + 1):
        y = place_y(10**power)
        out.append(f'<line x1="{left}" x2="{left + PANEL}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d0d7de"/>')
        out.append(text(left - 8, y + 4, f"{10**power:,g} {unit}", "end"))
    for size in sizes:
        out.append(text(place_x(size), TOP + DOWN + 20, f"{size:,}"))
    out.append(text(left + PANEL / 2, TOP + DOWN + 40, "messages"))
    for (_, points), colour in zip(lines, COLOURS):
        places = [(place_x(x), place_y(y)) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]
    return out


def chart(seconds, octets, sizes):
    """Two panels on white, so that dark pages show it as well."""
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="system-ui, sans-serif" fill="#1f2933">',
        "<title>Training: seconds and peak memory against the number of messages</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    out += panel(LEFT, "Seconds", "s", seconds, sizes)
    out += panel(LEFT + PANEL + BETWEEN, "Peak memory", "MB", octets, sizes)
    for at, ((name, _), colour) in enumerate(zip(seconds, COLOURS)):
        x = LEFT + at * (WIDTH - LEFT) / len(seconds)
        out.append(f'<rect x="{x:.1f}" y="{HEIGHT - 24}" width="12" height="12" fill="{colour}"/>')
        out.append(text(x + 18, HEIGHT - 14, name, "start"))
    return "\n".join([*out, "</svg>", ""])
