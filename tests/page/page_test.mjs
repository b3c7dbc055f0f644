// node page_test.mjs CHROMIUM FOLDER [AXE]: opens every report page of a results folder in a headless Chromium without
// a network, and checks what a reader relies on. Prints what is wrong; the exit status is the number of faults.
import {readFileSync, readdirSync} from "node:fs";
import {createRequire} from "node:module";
import {join} from "node:path";
import {pathToFileURL} from "node:url";

const require = createRequire(join(process.env.PAGE_TEST_PACKAGES, "package.json"));
const {chromium} = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [executablePath, folder] = process.argv.slice(2);
let faults = 0, checks = 0;
let where = "";
function check(good, what) {
  checks++;
  if (good) return;
  faults++;
  console.log(`${where}: ${what}`);
}
const equal = (a, b, what) => check(a === b, `${what}: ${a}, not ${b}`);

function tsv(path) {
  const [head, ...rows] = readFileSync(path, "utf8").trimEnd().split("\n").map((line) => line.split("\t"));
  return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i]])));
}

function seriesPages() {
  const out = [];
  for (const subject of readdirSync(folder).filter((name) => name.startsWith("sub-")).sort())
    for (const name of readdirSync(join(folder, subject, "micr")).sort())
      if (name.endsWith("_report.html")) out.push(join(folder, subject, "micr", name));
  return out;
}

const browser = await chromium.launch({executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic",
  "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]});

/** Opens a page; whatever it asks for or complains of is a fault. */
async function opened(path, options = {}) {
  const context = await browser.newContext({offline: true, viewport: {width: 1280, height: 900}, ...options});
  const page = await context.newPage();
  page.on("console", (message) => check(!["error", "warning"].includes(message.type()), `console: ${message.text()}`));
  page.on("pageerror", (error) => check(false, `script error: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    check(url.startsWith("data:") || (url.startsWith("file:") && request.isNavigationRequest()), `asks for ${url}`);
  });
  await page.goto(pathToFileURL(path).href);
  return page;
}

async function everyPage(page) {
  equal(await page.evaluate(() => window.hacked), undefined, "a name became script");
  equal(await page.locator("h1").count(), 1, "main headings");
  const axeFound = await page.evaluate(async (source) => {
    (0, eval)(source);
    const {violations} = await window.axe.run(document, {resultTypes: ["violations"]});
    return violations.map((v) => `${v.id} (${v.impact}): ${v.nodes[0].html.slice(0, 200)}`);
  }, axe);
  for (const violation of axeFound) check(false, `accessibility: ${violation}`);

  for (const figure of await page.locator("figure[data-plot]").all()) {
    const kind = await figure.getAttribute("data-plot");
    const drawings = figure.locator("svg[role=img]");
    check((await drawings.count()) > 0, `no drawing of ${kind}`);
    for (const drawing of await drawings.all())
      check(((await drawing.getAttribute("aria-label")) ?? "").length > 20, `${kind} has no name`);
    const text = (await figure.locator("svg[role=img]").allTextContents()).join(" ");
    const bad = text.match(/NaN|undefined|Infinity|n\/a/);
    check(!bad, `${kind} says ${bad}`);
    const marks = (what) => figure.locator(`svg[role=img] [data-mark=${what}] :is(circle, path, rect)`).count();
    const rows = (what) => figure.locator("tbody tr", what ? {hasText: what} : {}).count();
    if (kind === "animals") equal(await marks("dot"), await rows("animal"), "points of animals");
    if (kind === "series-rates") equal(await marks("dot"), await rows(), "points of dendrites");
    if (kind === "fates") equal(await marks("bar"), await rows(), "bars of fates");
    if (kind === "survival") equal(await marks("dot"), await rows() - await rows("part"), "points of survival");
  }
  check((await page.locator("#methods-text").textContent()).length > 200, "no Methods paragraph");

  // from the keyboard alone: to the results, and a table sorted both ways
  await page.keyboard.press("Tab");
  equal(await page.evaluate(() => document.activeElement.className), "skip", "first stop of the keyboard");
  await page.keyboard.press("Enter");
  check((await page.evaluate(() => location.hash)) === "#main", "the skip link leads nowhere");
  const column = page.locator("table.sortable:visible thead button").first();
  await column.focus();
  const ids = () => column.evaluate((button) => {
    const head = button.closest("th"), table = button.closest("table");
    return {sort: head.getAttribute("aria-sort"),
      cells: [...table.tBodies[0].rows].map((row) => row.cells[head.cellIndex].textContent)};
  });
  const before = await ids();
  const order = (cells) => [...cells].sort((a, b) => a.localeCompare(b, "en", {numeric: true}));
  await page.keyboard.press("Enter");
  const up = await ids();
  equal(up.sort, "ascending", "sorting");
  equal(up.cells.join(), order(before.cells).join(), "order of a sorted table");
  await page.keyboard.press("Enter");
  equal((await ids()).sort, "descending", "sorting again");
  await page.keyboard.press("Enter");
  equal((await ids()).cells.join(), before.cells.join(), "the order there was");

  await page.setViewportSize({width: 360, height: 740});
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  check(wide <= 0, `on a narrow screen ${wide} pixels stick out`);
}

async function seriesPage(path) {
  const stem = path.slice(0, -"_report.html".length);
  const page = await opened(path);
  const events = tsv(`${stem}_events.tsv`);
  const svg = readFileSync(`${stem}_figure.svg`, "utf8");
  const several = events.length > 0;
  for (const kind of ["eliminated", "formed"]) {
    const n = events.filter((row) => row.event === kind).length;
    equal(await page.locator(`#picture-zoom g.arrow.${kind}`).count(), n,
      `arrows ${kind} in the picture`);
    equal(svg.split(`class="arrow ${kind}"`).length - 1, n, `arrows ${kind} in the figure's file`);
    equal(await page.locator(`#straightened-zoom g.strip-arrow.${kind}`).count(), n, `arrows ${kind} on straight dendrites`);
    if (several)
      equal(await page.locator(`#events tbody td.${kind}`).count(), n, `rows ${kind} in the table`);
  }
  const rescued = events.filter((row) => row.rescues !== "n/a").length;
  equal(await page.locator("#picture-zoom g.ring.rescued").count(), rescued, "open marks");
  const changes = events.filter((row) => row.event !== "stable").length;
  equal(await page.locator(".strips figure").count(), changes, "strips");
  const sessions = await page.locator("#picture-zoom image").count();
  equal(await page.locator(".strips image").count(), changes * sessions * 2, "windows of the strips");

  if (changes > 0) {
    const link = page.locator("#events tbody a").first();
    const target = await link.getAttribute("href");
    equal(await page.locator(target).count(), 1, `where ${target} leads`);
    const some = await page.locator("#events tbody td.formed").count();
    await page.locator("select.filter").selectOption("formed");
    equal(await page.locator("#events tbody tr:visible").count(), some, "rows under the filter");
    await page.locator("select.filter").selectOption("");
  }

  // zoom by button, key and wheel
  const view = () => page.locator("#picture-zoom svg").evaluate((node) => node.viewBox.baseVal.width);
  const whole = await view();
  await page.locator("[data-zoom=picture-zoom][value=in]").click();
  check((await view()) < whole, "the button does not zoom");
  await page.locator("#picture-zoom").focus();
  await page.keyboard.press("+");
  const closer = await view();
  await page.locator("#picture-zoom").hover();
  await page.mouse.wheel(0, -120);
  await page.waitForFunction((than) => document.querySelector("#picture-zoom svg").viewBox.baseVal.width < than, closer)
    .catch(() => check(false, "the wheel does not zoom"));
  await page.keyboard.press("0");
  equal(await view(), whole, "the whole picture");
  await page.evaluate(() => document.activeElement.blur());
  await page.goto(pathToFileURL(path).href);
  await everyPage(page);
  await page.context().close();
}

async function studyPage(path, series) {
  const page = await opened(path);
  const leads = await page.locator("#series tbody a").evaluateAll((links) => links.map((link) => link.href));
  for (const one of series) check(leads.includes(pathToFileURL(one).href), `no link to ${one}`);
  await everyPage(page);
  await page.locator("#series tbody a").first().click();
  equal(await page.locator("#picture").count(), 1, "the page a link leads to");
  await page.context().close();
}

async function withoutScript(path) {
  const page = await opened(path, {javaScriptEnabled: false});
  check((await page.locator("table tbody tr").count()) > 0, "without script there is no table");
  await page.context().close();
}

const series = seriesPages();
for (const path of series) {
  where = path.slice(folder.length + 1);
  await seriesPage(path);
}
where = "report.html";
await studyPage(join(folder, "report.html"), series);
await withoutScript(join(folder, "report.html"));
await browser.close();
console.log(`${series.length + 1} pages, ${checks} checks, ${faults} faults`);
process.exit(Math.min(faults, 100));
