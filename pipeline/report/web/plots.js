// Plots. Each is drawn from the table in its own figure, so that what is seen and what is read are the same.
import {areaY, barX, dot, gridY, line, link, plot, ruleX, ruleY, text, tickY} from "@observablehq/plot";

// Distinct for colour-blind eyes (Okabe and Ito).
const inks = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000"];
const events = {domain: ["eliminated", "formed"], range: ["#b3180f", "#0b57a4"], legend: true};
const shapes = {domain: ["eliminated", "formed"], range: ["triangle", "circle"]};

/** The rows of a table as objects; numbers are numbers, n/a is NaN. */
export function rowsOf(table) {
  const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const value = (text) => text === "n/a" || text === "" ? NaN : Number.isNaN(Number(text)) ? text : Number(text);
  return [...table.tBodies[0].rows].map((row) =>
    Object.fromEntries(names.map((name, i) => {
      const cell = row.cells[i];
      return [name, cell.classList.contains("n") ? value(cell.dataset.value ?? cell.textContent) :
        cell.textContent === "n/a" ? NaN : cell.textContent];
    })));
}

const distinct = (rows, name) => [...new Set(rows.map((row) => row[name]))];
const share = {percent: true, grid: true, nice: true, labelAnchor: "center", labelArrow: "none"};
const style = {fontSize: "13px", overflow: "visible"};
const room = {marginTop: 26, marginBottom: 42, marginLeft: 60, marginRight: 40, style};

// Time in hours if every session has one, else the sessions' names.
function timeOf(rows) {
  if (rows.every((row) => Number.isFinite(row.hours)))
    return {x: "hours", scale: {label: "hours", labelAnchor: "center", labelArrow: "none", type: "linear"}};
  return {x: "session", scale: {label: null, type: "point", domain: distinct(rows, "session")}};
}

function survival(rows) {
  const {x, scale} = timeOf(rows);
  const bold = rows.filter((row) => row.kind !== "part"), parts = rows.filter((row) => row.kind === "part");
  const groups = distinct(rows, "group");
  return plot({
    ...room, width: 520, height: 290, x: scale,
    y: {...share, label: "baseline spines present (%)", domain: [0, 100]},
    color: {domain: groups, range: inks, legend: groups.length > 1},
    marks: [
      areaY(bold, {x, y1: "low", y2: "high", fill: "group", z: "group", fillOpacity: 0.15}),
      line(parts, {x, y: "survival", z: "name", stroke: "group", strokeOpacity: 0.45, strokeWidth: 1}),
      line(bold, {x, y: "survival", stroke: "group", z: "group", strokeWidth: 2.5}),
      dot(bold, {x, y: "survival", fill: "group", r: 3.5}),
      ruleY([0]),
    ],
  });
}

// Events of one series: dendrites as small marks, all of them together with its interval.
function seriesRates(rows) {
  const of = rows[0].per === "um" ? {...share, percent: false, label: "events per µm"} : {...share, label: "rate (%)"};
  const all = rows.filter((row) => row.dendrite === "all"), some = rows.filter((row) => row.dendrite !== "all");
  const place = {fx: "interval", x: "event"};
  return plot({
    ...room, width: 520, height: 290, marginRight: 10, y: {...of, zero: true},
    x: {label: null, domain: events.domain}, fx: {label: null, domain: distinct(rows, "interval"), padding: 0.15},
    color: {...events, legend: false}, symbol: shapes,
    marks: [
      ruleY([0]),
      dot(some, {...place, y: "rate", stroke: "event", symbol: "event", r: 3, dx: 12, strokeOpacity: 0.7}),
      ruleX(all, {...place, y1: "low", y2: "high", stroke: "event", strokeWidth: 1.5}),
      dot(all, {...place, y: "rate", fill: "event", symbol: "event", r: 5}),
    ],
  });
}

// Animals as points beside their group's mean with its interval; one facet an interval (or session).
function animals(rows) {
  const density = rows[0].measure === "density";
  const mean = rows.filter((row) => row.kind === "mean"), some = rows.filter((row) => row.kind === "animal");
  const groups = distinct(rows, "group");
  const place = {fx: "interval", x: "group"};
  return plot({
    ...room, width: 520, height: 300, marginRight: 10, marginBottom: groups.length > 2 ? 60 : 42,
    y: density ? {...share, percent: false, zero: true, label: "spines per µm"} : {...share, zero: true, label: `${rows[0].measure} (%)`},
    x: {label: null, domain: groups, tickRotate: groups.length > 2 ? -20 : 0},
    fx: {label: null, domain: distinct(rows, "interval"), padding: 0.1},
    color: {domain: groups, range: inks, legend: groups.length > 1},
    marks: [
      ruleY([0]),
      // side by side in a fixed order, so that equal values stay visible
      ...[-2, -1, 0, 1, 2].map((lane) =>
        dot(some.filter((row) => row.number % 5 === lane + 2),
          {...place, y: "value", stroke: "group", fill: "group", fillOpacity: 0.35, r: 3.5, dx: 4 * lane,
            title: (row) => `${row.animal}: ${row.value}`})),
      ruleX(mean, {...place, y1: "low", y2: "high", stroke: "black", strokeWidth: 1.5}),
      tickY(mean, {...place, y: "value", stroke: "black", strokeWidth: 2.5, inset: 8}),
    ],
  });
}

function fates(rows) {
  const groups = distinct(rows, "group"), names = distinct(rows, "fate");
  return plot({
    ...room, width: 520, marginLeft: 96, marginTop: 10, height: 52 + 24 * names.length * groups.length,
    x: {label: "spines (%)", labelAnchor: "center", labelArrow: "none", percent: true, grid: true}, y: {label: null, domain: groups, axis: null},
    fy: {label: null, domain: names, axis: "left", padding: 0.15},
    color: {domain: groups, range: inks, legend: groups.length > 1},
    marks: [
      barX(rows, {x: "share", y: "group", fy: "fate", fill: "group"}),
      text(rows, {x: "share", y: "group", fy: "fate", text: (row) => String(row.spines), dx: 5, textAnchor: "start"}),
      ruleX([0]),
    ],
  });
}

// One facet a dendrite; lost and new spines as ticks along its foot.
function density(rows) {
  const sessions = distinct(rows, "session"), dendrites = distinct(rows, "dendrite");
  const curve = rows.filter((row) => row.kind === "density"), marks = rows.filter((row) => row.kind !== "density");
  return plot({
    ...room, width: 1100, height: 76 + 120 * dendrites.length, marginRight: 90,
    x: {label: "along the dendrite (µm)", labelAnchor: "center", labelArrow: "none"}, y: {...share, percent: false, label: "spines per µm", zero: true, ticks: 4},
    fy: {domain: dendrites, label: null, axis: "right", tickFormat: (d) => `dendrite ${d}`, padding: 0.2},
    color: {domain: [...sessions, ...events.domain], range: [...inks.slice(0, sessions.length), ...events.range],
      legend: true},
    symbol: shapes,
    marks: [
      ruleY([0]),
      line(curve, {x: "arc_um", y: "density", fy: "dendrite", stroke: "session", z: "session",
        strokeWidth: 1.6}),
      dot(marks, {x: "arc_um", y: 0, fy: "dendrite", fill: "kind", symbol: "kind", r: 4, dy: 7,
        title: (row) => `spine ${row.spine_id} ${row.kind}`}),
    ],
  });
}

// What a session must have: a shaft well above the noise, and a registration well below a spine's size.
function quality(sessions) {
  const rows = sessions.map((row) => ({...row, name: row.series ? `${row.series} ${row.session}` : row.session}));
  const parts = [["shaft over noise", "snr"], ["registration error (µm)", "registration_error_um"]];
  const long = parts.flatMap(([what, name]) =>
    rows.filter((row) => Number.isFinite(row[name])).map((row) => ({...row, what, value: row[name]})));
  const names = distinct(rows, "name"), longest = Math.max(...names.map((name) => name.length));
  const verdicts = ["usable", "usable with care", "not usable"];
  const draw = ([what]) => {
    const some = long.filter((row) => row.what === what);
    return plot({
      ...room, width: 520, height: 60 + 20 * names.length, marginLeft: 30 + 7 * longest, marginTop: 10,
      x: {label: what, labelAnchor: "center", labelArrow: "none", zero: true, grid: true}, y: {label: null, domain: names},
      color: {domain: verdicts, range: ["#1a6b2d", "#e69f00", "#b3180f"], legend: what === parts.at(-1)[0]},
      symbol: {domain: verdicts, range: ["circle", "diamond", "times"]},
      marks: [
        link(some, {x1: 0, x2: "value", y1: "name", y2: "name", stroke: "#bbbbbb"}),
        dot(some, {x: "value", y: "name", fill: "verdict", stroke: "verdict", symbol: "verdict", r: 4}),
      ],
    });
  };
  return parts.map(draw);
}

const kinds = {survival, "series-rates": seriesRates, animals, fates, density, quality};

/** Draws every figure of the page that asks for a plot. */
export function drawPlots(root) {
  for (const figure of root.querySelectorAll("figure[data-plot]")) {
    const rows = rowsOf(document.getElementById(figure.dataset.table));
    if (rows.length === 0) continue;
    const caption = figure.querySelector("figcaption"), drawings = document.createElement("div");
    drawings.className = "drawings";
    caption.after(drawings);
    for (const drawing of [kinds[figure.dataset.plot](rows)].flat()) {
      const picture = drawing.localName === "svg" ? drawing : drawing.querySelector(":scope > svg");
      for (const mark of picture.querySelectorAll("[aria-label]")) {  // a picture has one name
        mark.dataset.mark = mark.getAttribute("aria-label");
        mark.removeAttribute("aria-label");
      }
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", `${caption.textContent} The numbers are in the table that follows.`);
      drawings.append(drawing);
    }
  }
}
