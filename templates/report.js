// What a page can do beyond being read: move the threshold, and sort tables.
// Nothing depends on it: without scripts the page says the same, and what is made here is hidden
// until this file shows it.
"use strict";

// A share in percent.
const percent = (part, whole) => (whole ? ((100 * part) / whole).toFixed(2) + " %" : "–");
const probability = (logOdds) => 100 / (1 + Math.exp(-logOdds));

// The threshold: one slider for verdicts, matrix and cost.
function thresholdSlider(panel) {
  const models = JSON.parse(document.getElementById("threshold-data").textContent);
  if (!models.length) return;
  const part = (name) => panel.querySelector(`[data-part="${name}"]`);
  const [choice, slider, hamCost] = ["model", "slider", "false-positive-cost"].map(part);
  for (const model of models) choice.add(new Option(model.name, model.name));
  const chosen = () => models.find((model) => model.name === choice.value);
  const worth = () => Math.max(0, Number(hamCost.value) || 0);
  // Messages of these log-odds and more are called spam; steps go from above all messages to below.
  const called = (model, from) => {
    let last = [0, 0];
    for (const [logOdds, ham, spam] of model.steps) {
      if (logOdds < from) break;
      last = [ham, spam];
    }
    return last;
  };
  const cost = (model, [ham, spam]) => ham * worth() + (model.emails[1] - spam);
  const say = (name, text) => (part(name).textContent = text);
  // A threshold between the steps of the slider, with what is called spam from there; null where the
  // slider itself stands for it.
  let exact = null;
  const show = () => {
    const model = chosen();
    const from = exact ? exact.threshold : Number(slider.value);
    const [ham, spam] = exact ? exact.called : called(model, from);
    const [allHam, allSpam] = model.emails;
    const shown = probability(from);
    const text = shown.toFixed(shown > 99 || shown < 1 ? 2 : 0) + " %";
    slider.setAttribute("aria-valuetext", text);
    say("probability", text);
    say("true-negatives", allHam - ham);
    say("false-positives", ham);
    say("false-negatives", allSpam - spam);
    say("true-positives", spam);
    say("false-positive-rate", percent(ham, allHam));
    say("false-negative-rate", percent(allSpam - spam, allSpam));
    say("precision", percent(spam, ham + spam));
    say("recall", percent(spam, allSpam));
    const train = part("train");
    if (train) {
      const share = 1 / (1 + Math.exp(-from));
      const place = { model: model.name, probability: exact ? String(share) : share.toFixed(5) };
      train.parentElement.hidden = model.external;
      train.textContent = train.dataset.command.replace(/{(\w+)}/g, (_, name) => place[name]);
    }
    say("cost", `${cost(model, [ham, spam])} false negatives`);
  };
  const take = (threshold, called) => {
    slider.value = threshold;
    exact = { threshold, called };
    show();
  };
  const cheapest = () => {
    const model = chosen();
    // From log-odds of 36 up a probability of less than 1 cannot be written.
    let [place, least] = [[36, 0, 0], cost(model, [0, 0])];
    for (const step of model.steps) {
      const here = cost(model, step.slice(1));
      if (here < least) [place, least] = [step, here];
    }
    take(place[0], place.slice(1));
  };
  // Each model begins with the threshold that it decides by.
  const own = () => take(chosen().threshold, chosen().called);
  choice.addEventListener("input", own);
  slider.addEventListener("input", () => {
    exact = null;
    show();
  });
  hamCost.addEventListener("input", show);
  part("cheapest").addEventListener("click", cheapest);
  panel.hidden = false;
  own();
}

// A table whose heads are buttons; numbers by size, words by the alphabet.
function sortable(table) {
  const value = (row, column) => row.cells[column].textContent.trim();
  const number = (text) => parseFloat(text.replaceAll(",", "").replace("−", "-"));
  table.querySelectorAll("thead th").forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of table.querySelectorAll("th[aria-sort]")) {
        other.removeAttribute("aria-sort");
      }
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const rows = [...table.tBodies[0].rows];
      const order = (a, b) => {
        const [left, right] = [value(a, column), value(b, column)];
        const [x, y] = [number(left), number(right)];
        if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
        const difference = Number.isNaN(x) ? left.localeCompare(right) : x - y;
        return up ? difference : -difference;
      };
      table.tBodies[0].append(...rows.sort(order));
    });
  });
}

document.querySelectorAll("#threshold-slider").forEach(thresholdSlider);
document.querySelectorAll("table.sortable").forEach(sortable);
