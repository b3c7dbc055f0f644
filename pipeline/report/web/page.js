// Sorting, filtering, zooming, plots. Without it the page lacks the plots, whose tables it has.
import {drawPlots} from "./plots.js";

drawPlots(document);
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const order = [...body.rows];
  const value = (row, i) => row.cells[i].dataset.value ?? row.cells[i].textContent;
  [...table.tHead.rows[0].cells].forEach((head, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      const next = now === "ascending" ? "descending" : now === "descending" ? null : "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      if (next) head.setAttribute("aria-sort", next);
      const sign = next === "descending" ? -1 : 1;
      const rows = next === null ? order : [...order].sort((a, b) => {
        const x = value(a, i), y = value(b, i);
        const nx = Number(x), ny = Number(y);
        const badX = x === "n/a" || x === "", badY = y === "n/a" || y === "";
        if (badX || badY) return badX - badY;
        return sign * (Number.isNaN(nx) || Number.isNaN(ny) ? x.localeCompare(y, "en", {numeric: true}) : nx - ny);
      });
      body.append(...rows);
    });
  });
}
for (const box of document.querySelectorAll("input.filter, select.filter")) {
  const table = document.getElementById(box.getAttribute("aria-controls"));
  const all = document.querySelectorAll(`.filter[aria-controls="${table.id}"]`);
  const show = () => {
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = ![...all].every((f) => text.includes(f.value.toLowerCase()));
    }
  };
  box.addEventListener("input", show);
}
for (const zoom of document.querySelectorAll(".zoom")) {
  const svg = zoom.querySelector("svg");
  const whole = svg.viewBox.baseVal, home = [whole.x, whole.y, whole.width, whole.height];
  let view = [...home];
  const set = (v) => {
    v[2] = Math.min(v[2], home[2]);
    v[3] = Math.min(v[3], home[3]);
    v[0] = Math.min(Math.max(v[0], home[0]), home[0] + home[2] - v[2]);
    v[1] = Math.min(Math.max(v[1], home[1]), home[1] + home[3] - v[3]);
    view = v;
    svg.setAttribute("viewBox", v.join(" "));
  };
  const at = (factor, fx = 0.5, fy = 0.5) => {
    const w = Math.max(home[2] / 40, view[2] * factor), h = w * home[3] / home[2];
    set([view[0] + fx * (view[2] - w), view[1] + fy * (view[3] - h), w, h]);
  };
  const by = (dx, dy) => set([view[0] + dx * view[2], view[1] + dy * view[3], view[2], view[3]]);
  zoom.addEventListener("wheel", (e) => {
    if (!e.ctrlKey && !e.metaKey && document.activeElement !== zoom) return;
    e.preventDefault();
    const r = svg.getBoundingClientRect();
    at(e.deltaY > 0 ? 1.2 : 1 / 1.2, (e.clientX - r.left) / r.width, (e.clientY - r.top) / r.height);
  }, {passive: false});
  let last = null;
  zoom.addEventListener("pointerdown", (e) => { last = [e.clientX, e.clientY]; zoom.setPointerCapture(e.pointerId); });
  zoom.addEventListener("pointermove", (e) => {
    if (!last) return;
    const r = svg.getBoundingClientRect();
    by((last[0] - e.clientX) / r.width, (last[1] - e.clientY) / r.height);
    last = [e.clientX, e.clientY];
  });
  for (const end of ["pointerup", "pointercancel"]) zoom.addEventListener(end, () => { last = null; });
  zoom.addEventListener("keydown", (e) => {
    const keys = { "+": () => at(1 / 1.3), "=": () => at(1 / 1.3), "-": () => at(1.3), "0": () => set([...home]),
      ArrowLeft: () => by(-0.1, 0), ArrowRight: () => by(0.1, 0), ArrowUp: () => by(0, -0.1), ArrowDown: () => by(0, 0.1) };
    if (!keys[e.key] || (e.key.startsWith("Arrow") && view[2] >= home[2])) return;
    e.preventDefault();
    keys[e.key]();
  });
  for (const button of document.querySelectorAll(`[data-zoom="${zoom.id}"]`))
    button.addEventListener("click", () => ({ in: () => at(1 / 1.4), out: () => at(1.4), all: () => set([...home]) })[button.value]());
}
for (const button of document.querySelectorAll("[data-copy]"))
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.textContent = "copied";
  });
