// What is wrong with the texts of the pictures of this document: a text upon another, outside of its
// picture, upon a bar, a marker, a dot or a stroke, or too small to read. Gives a list of sentences.
(leastPixels) => {
  const wrong = [];
  const box = (left, top, right, bottom) => ({ left, top, right, bottom });
  const meet = (a, b, by) => a.left + by < b.right && b.left + by < a.right
    && a.top + by < b.bottom && b.top + by < a.bottom;
  const holds = (a, x, y) => a.left < x && x < a.right && a.top < y && y < a.bottom;
  const rectOf = (one) => {
    const found = one.getBoundingClientRect();
    return box(found.left, found.top, found.right, found.bottom);
  };
  // The box of the letters: that of the font also has the room for accents and below the line.
  const letters = (text) => {
    const { left, top, right, bottom } = rectOf(text);
    const turned = text.hasAttribute("transform");
    const trim = 0.17 * (turned ? right - left : bottom - top);
    return turned ? box(left + trim, top, right - trim, bottom)
      : box(left, top + trim, right, bottom - trim);
  };
  const where = (svg) => {
    const figure = svg.closest("figure");
    const title = svg.querySelector("title");
    return (figure ? figure.id + ", " : "") + (title ? title.textContent : "");
  };
  for (const svg of document.querySelectorAll("svg[role]")) {
    if (!svg.getClientRects().length) continue;
    const whole = rectOf(svg);
    const scale = svg.getScreenCTM().a;
    const toScreen = (x, y) => {
      const point = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
      return [point.x, point.y];
    };
    const texts = [...svg.querySelectorAll("text")].map((text) => ({
      words: text.textContent, at: letters(text), size: Number(text.getAttribute("font-size")) * scale,
    }));
    const solid = [...svg.querySelectorAll("rect:not([fill-opacity]):not(.c-card), circle")]
      .map(rectOf);
    const dots = [];
    const strokes = [];
    for (const path of svg.querySelectorAll("path[stroke]:not(.c-grid):not(.c-axis)")) {
      const along = path.getAttribute("d");
      if (along.includes("h0")) {
        let [x, y] = [0, 0];
        for (const [, letter, dx, dy] of along.matchAll(/([Mm])(-?[\d.]+),?(-?[\d.]+)h0/g)) {
          [x, y] = letter === "M" ? [+dx, +dy] : [x + +dx, y + +dy];
          dots.push(toScreen(x, y));
        }
      } else {
        const length = path.getTotalLength();
        for (let gone = 0; gone <= length; gone += 3) {
          const point = path.getPointAtLength(gone);
          strokes.push(toScreen(point.x, point.y));
        }
      }
    }
    texts.forEach(({ words, at, size }, place) => {
      const tell = (what) => wrong.push(`${where(svg)}: “${words}” ${what}`);
      const inside = whole.left <= at.left + 0.5 && at.right <= whole.right + 0.5
        && whole.top <= at.top + 0.5 && at.bottom <= whole.bottom + 0.5;
      if (!inside) tell("leaves the picture");
      if (size < leastPixels) tell(`is ${size.toFixed(1)} pixels high`);
      const upon = texts.slice(place + 1).find((other) => meet(at, other.at, 0.5));
      if (upon) tell(`is upon “${upon.words}”`);
      if (solid.some((mark) => meet(at, mark, 1))) tell("is upon a bar or a marker");
      if (dots.some(([x, y]) => holds(at, x, y))) tell("is upon a dot");
      if (strokes.some(([x, y]) => holds(at, x, y))) tell("is upon a stroke");
    });
  }
  return wrong;
}
