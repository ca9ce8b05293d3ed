"""The picture of the loss by pass: python3 benches/learning.py docs/neural.md

Draws the table "Ten minutes of one core" of that page, mean and standard deviation, into learning.svg beside it: a panel per model,
since losses of different models are no comparison there.
"""

import pathlib
import sys

WIDTH, HEIGHT, LEFT, TOP, PANEL, BETWEEN, DOWN = 880, 330, 60, 50, 225, 62, 210
COLOUR = "#762a83"


def columns(page):
    """The name of each model, and its points: pass, mean, standard deviation."""
    section = page.split("## Ten minutes of one core")[1].split("\n## ")[0]
    lines = section.split("\n")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    head, body = rows[0], rows[2:]
    for at, name in enumerate(head[1:], start=1):
        cells = ((row[0], row[at].split(" ± ")) for row in body if row[at])
        yield name.strip("`"), [(int(passes), float(mean), float(spread)) for passes, (mean, spread) in cells]


def text(x, y, words, anchor="middle", size=12, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"{more}>{words}</text>'


def panel(left, name, points):
    """The mean as a line, its standard deviation as a band, its least value marked."""
    low = min(mean - spread for _, mean, spread in points)
    high = max(mean + spread for _, mean, spread in points)
    most = max(passes for passes, _, _ in points)
    place_x = lambda passes: left + PANEL * (passes - 1) / (most - 1)
    place_y = lambda loss: TOP + DOWN * (high - loss) / (high - low)
    out = [text(left + PANEL / 2, TOP - 16, name, size=14, more=' font-weight="600"')]
    for step in range(5):
        loss = low + (high - low) * step / 4
        y = place_y(loss)
        out.append(f'<line x1="{left}" x2="{left + PANEL}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d0d7de"/>')
        out.append(text(left - 6, y + 4, f"{loss:.2f}", "end"))
    for passes in sorted({1, 5, 10, 15, 20, most}):
        if passes <= most and (passes == most or most - passes > 1):
            out.append(text(place_x(passes), TOP + DOWN + 18, passes))
    upper = [(place_x(passes), place_y(mean + spread)) for passes, mean, spread in points]
    lower = [(place_x(passes), place_y(mean - spread)) for passes, mean, spread in reversed(points)]
    line = [(place_x(passes), place_y(mean)) for passes, mean, _ in points]
    write = lambda places: " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    out.append(f'<polygon points="{write(upper + lower)}" fill="{COLOUR}" fill-opacity="0.15"/>')
    out.append(f'<polyline points="{write(line)}" fill="none" stroke="{COLOUR}" stroke-width="2"/>')
    x, y = min(line, key=lambda place: -place[1])
    out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{COLOUR}"/>')
    return out


def main():
    page = pathlib.Path(sys.argv[1])
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="system-ui, sans-serif" fill="#1f2933">',
        "<title>Loss on held-out messages by pass, nats per token, mean and standard deviation of five seeds</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for at, (name, points) in enumerate(columns(page.read_text())):
        out += panel(LEFT + at * (PANEL + BETWEEN), name, points)
    out.append(text(WIDTH / 2, HEIGHT - 14, "passes over 3,879 messages; nats per token, each panel on a scale of its own; the dot is the least mean"))
    page.with_name("learning.svg").write_text("\n".join([*out, "</svg>", ""]))


main()
