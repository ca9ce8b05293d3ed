// What a page can do beyond being read: move the cut-off, sort tables, show and hide models. Nothing depends on it: without scripts
// the page says the same, and what is made here is hidden until this file shows it.
"use strict";

// The number of digits that a share of so many mails deserves.
const percent = (part, whole) => (whole ? ((100 * part) / whole).toFixed(2) + " %" : "–");
const probability = (logOdds) => 100 / (1 + Math.exp(-logOdds));

// The cut-off: one slider for verdicts, matrix and cost.
function cutoff(panel) {
  const models = JSON.parse(document.getElementById("cutoff-data").textContent);
  if (!models.length) return;
  const part = (name) => panel.querySelector(`[data-part="${name}"]`);
  const [choice, slider, price] = ["model", "slider", "price"].map(part);
  for (const model of models) choice.add(new Option(model.name, model.name));
  const chosen = () => models.find((model) => model.name === choice.value);
  const worth = () => Math.max(0, Number(price.value) || 0);
  // Mails of these log-odds and more are called spam; steps go from above all mails to below.
  const called = (model, from) => {
    let last = [0, 0];
    for (const [logOdds, ham, spam] of model.steps) {
      if (logOdds < from) break;
      last = [ham, spam];
    }
    return last;
  };
  const cost = (model, [ham, spam]) => ham * worth() + (model.mails[1] - spam);
  const say = (name, text) => (part(name).textContent = text);
  const show = () => {
    const model = chosen();
    const [ham, spam] = called(model, Number(slider.value));
    const [allHam, allSpam] = model.mails;
    const shown = probability(Number(slider.value));
    const text = shown.toFixed(shown > 99 || shown < 1 ? 2 : 0) + " %";
    slider.setAttribute("aria-valuetext", text);
    say("probability", text);
    say("ham-kept", allHam - ham);
    say("ham-lost", ham);
    say("spam-missed", allSpam - spam);
    say("spam-caught", spam);
    say("ham-lost-share", percent(ham, allHam));
    say("spam-missed-share", percent(allSpam - spam, allSpam));
    say("precision", percent(spam, ham + spam));
    say("recall", percent(spam, allSpam));
    say("cost", `${cost(model, [ham, spam])} missed spam`);
  };
  const cheapest = () => {
    const model = chosen();
    let [place, least] = [8, cost(model, [0, 0])];
    for (const [logOdds, ham, spam] of model.steps) {
      const here = cost(model, [ham, spam]);
      if (here < least) [place, least] = [logOdds, here];
    }
    // The slider stands on whole steps of its own: the next one below still calls that mail spam.
    slider.value = Math.floor(place / slider.step) * slider.step;
    show();
  };
  for (const control of [choice, slider, price]) control.addEventListener("input", show);
  part("cheapest").addEventListener("click", cheapest);
  panel.hidden = false;
  show();
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
      for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
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

// A box for each model: whatever bears its name comes and goes with it.
function choosable(fieldset) {
  const bearers = [...document.querySelectorAll("[data-model]")];
  const names = [...new Set(bearers.map((bearer) => bearer.dataset.model))];
  if (names.length < 3) return;
  for (const name of names) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = true;
    box.addEventListener("change", () => {
      for (const bearer of bearers) if (bearer.dataset.model === name) bearer.hidden = !box.checked;
    });
    label.append(box, " ", name);
    fieldset.append(label);
  }
  fieldset.hidden = false;
}

document.querySelectorAll("#cutoff").forEach(cutoff);
document.querySelectorAll("table.sortable").forEach(sortable);
document.querySelectorAll("#models").forEach(choosable);
