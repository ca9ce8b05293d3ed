"""Draws the picture of the README: one message, read by a model of each family.

    python3 docs/one_message.py reports/example/experiment.json docs/one-message.svg

All that it shows is the worked example of the report: the text, the tokens, and every number.
"""

import json
import math
import sys
from xml.sax.saxutils import escape

WIDTH, MARGIN, GAP, ROW, SHOWN, LINES = 880, 24, 32, 22, 8, 5
STYLE = """
  .paper { fill: #ffffff } .card { fill: #f4f6f8 } .rule { stroke: #9aa5b1 }
  text { font-family: system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; font-size: 13px; fill: #1f2933 }
  .big { font-size: 19px; font-weight: 600 } .head { font-size: 15px; font-weight: 600 } .mute { fill: #525f6b }
  .token { font-family: ui-monospace, Menlo, Consolas, monospace } .spam { fill: #762a83 } .ham { fill: #1b7837 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } .card { fill: #161b22 } .rule { stroke: #6e7681 }
    text { fill: #e6edf3 } .mute { fill: #9da7b3 } .spam { fill: #c9a2d6 } .ham { fill: #7fc97f }
  }
"""


def signed(value, digits=2):
    return f"{value:+.{digits}f}".replace("-", "−")


def text(x, y, words, kind="", anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def wrapped(words, width):
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def column(x, top, width, title, told, bars, sums):
    """A title, what the numbers are, a bar for each token, and the sum down to the probability."""
    out = [text(x, top, title, "head"), text(x, top + 18, told, "mute")]
    middle, room = x + width * 0.62, width * 0.38 - 46
    longest = max(abs(value) for _, value in bars)
    y = top + 34
    for token, value in bars:
        length = max(abs(value) / longest * room, 1)
        side = "spam" if value > 0 else "ham"
        left = middle if value > 0 else middle - length
        out.append(text(x, y + 14, token if len(token) < 19 else token[:17] + "…", "token"))
        out.append(f'<rect x="{left:.1f}" y="{y + 3}" width="{length:.1f}" height="14" rx="2" class="{side}"/>')
        out.append(text(max(left + length, middle) + 5, y + 14, signed(value), side))
        y += ROW
    out.append(f'<line x1="{middle:.1f}" x2="{middle:.1f}" y1="{top + 32}" y2="{y + 2}" class="rule"/>')
    y += 20
    for name, value, kind in sums:
        y += 4 if name == "verdict" else 0
        out += [text(x, y, name, kind), text(x + width - 24, y, value, kind, "end")]
        y += 20
    return out, y


def steps(prior, words, log_odds):
    """The sum of a model, and what calibration makes of it."""
    probability = 1 / (1 + math.exp(-log_odds))
    verdict = f"{100 * probability:.0f} % spam" if probability >= 0.5 else f"{100 * (1 - probability):.0f} % ham"
    return [
        ("sum over all tokens", signed(words), ""),
        (prior[0], signed(prior[1]), ""),
        ("raw score", signed(words + prior[1]), ""),
        ("calibrated log-odds", signed(log_odds), ""),
        ("verdict", verdict, "head " + ("spam" if log_odds > 0 else "ham")),
    ]


def main(source, target):
    with open(source, encoding="utf-8") as file:
        experiment = json.load(file)
    example = experiment["analyses"]["worked_example"]
    bayes, boundary = example["bayes"], example["boundary"]
    label = experiment["emails"]["labels"][example["row"]]
    subject, _, body = example["text"].partition("\n")
    card = wrapped(body, 118)
    card = card[: LINES - 1] + [card[LINES - 1] + " …"] if len(card) > LINES else card
    height = 36 + 19 * len(card)
    out = [text(MARGIN, 36, "One message, read by both families", "big")]
    out.append(text(WIDTH - MARGIN, 36, f"truth: {label}", "mute", "end"))
    out.append(f'<rect x="{MARGIN}" y="50" width="{WIDTH - 2 * MARGIN}" height="{height}" rx="6" class="card"/>')
    out.append(text(MARGIN + 14, 72, subject, "head"))
    out += [text(MARGIN + 14, 92 + 19 * at, line, "mute") for at, line in enumerate(card)]
    top, width = 50 + height + 34, (WIDTH - 2 * MARGIN - GAP) / 2
    reasons = bayes["reasons"]
    bars = [tuple(one) for one in reasons["tokens"][:SHOWN]]
    words = sum(value for _, value in reasons["tokens"]) + reasons["rest"]
    sums = steps(("prior, ln p(spam) / p(ham)", reasons["intercept"]), words, bayes["log_odds"])
    told = "log-likelihood ratio of each token, in nats"
    left, low = column(MARGIN, top, width, f"Generative: {bayes['model']}", told, bars, sums)
    bars = [(one["token"], one["value"] * one["weight"]) for one in boundary["tokens"]]
    words = sum(value for _, value in bars) + boundary["rest"]
    sums = steps(("bias", boundary["bias"]), words, boundary["log_odds"])
    told = "contribution of each token: value times weight"
    at = MARGIN + width + GAP
    right, other = column(at, top, width, f"Discriminative: {boundary['model']}", told, bars[:SHOWN], sums)
    bottom = max(low, other) + 4
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom}" role="img"'
    title = "One message, read by a generative and a discriminative model: the tokens that count, their sum, and the verdict"
    paper = f'<rect width="{WIDTH}" height="{bottom}" class="paper" rx="8"/>'
    lines = [f'{head} aria-label="{title}">', f"<style>{STYLE}</style>", paper, *out, *left, *right, "</svg>"]
    with open(target, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


main(*sys.argv[1:])
