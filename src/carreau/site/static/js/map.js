// The page of one map: its indicator, the card of a unit, the keyboard.

const figure = document.getElementById("map");
const form = document.getElementById("map-form");
const choice = document.getElementById("id_indicator");
const panel = document.getElementById("panel");
const status = document.getElementById("map-status");
const narrow = matchMedia("(max-width: 900px)");

let live, calm, asked = 0;

// The card of a unit

function address(unit) {
  const here = new URL(location.href);
  here.searchParams.set("indicator", choice.value);
  if (unit) here.searchParams.set("unit", unit);
  else here.searchParams.delete("unit");
  return here;
}

const opened = () => panel.querySelector("[data-unit]")?.dataset.unit;

async function open(unit, { focus = false, move = false } = {}) {
  const mine = ++asked, { address: card, place } = live.config.panel;
  const answer = await fetch(card.replace(place, encodeURIComponent(unit)));
  if (mine !== asked) return;
  if (!answer.ok) {
    location.assign(address(unit));
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== asked) return;
  panel.replaceChildren(...page.body.children);
  settle({ move });
  history.replaceState(history.state, "", address(unit));
  if (focus) document.getElementById("unit-title").focus({ preventScroll: true });
}

function settle({ move = false } = {}) {
  const card = panel.querySelector("[data-unit]");
  if (!card) return;
  const { map, view } = live;
  live.outline("opened", card.dataset.unit);
  mark();
  const [west, south, east, north] = card.dataset.box.split(",").map(Number);
  const centre = [(west + east) / 2, (south + north) / 2];
  if (move) map.jumpTo({ center: centre, zoom: Math.max(map.getZoom(), 13) });
  if (!narrow.matches) return;
  view.scrollIntoView({ block: "start" }); // the sheet covers the foot of the screen: the unit goes above it
  const free = innerHeight - card.offsetHeight - view.getBoundingClientRect().top;
  map.easeTo({ center: centre, offset: [0, Math.min(0, free - view.clientHeight) / 2], animate: !calm.matches });
}

function mark() {
  for (const line of panel.querySelectorAll(".map-lines [data-indicator]"))
    line.toggleAttribute("data-current", line.dataset.indicator === choice.value);
}

function close() {
  if (!opened()) return;
  asked++;
  panel.replaceChildren();
  live.outline("opened");
  history.replaceState(history.state, "", address());
  live.map.getCanvas().focus();
}

// The indicator

function change() {
  const place = Object.keys(live.config.indicators).indexOf(choice.value);
  for (const legend of document.querySelectorAll(".map-legend")) legend.hidden = legend.dataset.indicator !== choice.value;
  for (const patch of live.view.querySelectorAll("[data-k]")) patch.setAttribute("class", `c${patch.dataset.k[place]}`);
  live.repaint();
  mark();
  history.replaceState(history.state, "", address(opened()));
}

// Beginning

function listen() {
  const { map } = live;
  map.on("click", ({ point }) => {
    const unit = live.unitAt(point);
    if (unit) open(unit.unit_id);
  });
  const canvas = map.getCanvas();
  const middle = () => map.project(map.getCenter());
  map.on("moveend", () => {
    if (document.activeElement !== canvas) return;
    const unit = live.unitAt(middle());
    status.textContent = unit ? `${live.words(unit)} ${live.why(unit)}` : "";
    live.outline("hovered", unit?.unit_id);
  });
  canvas.addEventListener("keydown", (event) => {
    const unit = event.key === "Enter" && live.unitAt(middle());
    if (unit) open(unit.unit_id, { focus: true });
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  panel.addEventListener("click", (event) => {
    if (!event.target.closest(".map-close")) return;
    event.preventDefault();
    close();
  });
  choice.addEventListener("change", change);
  const maps = document.getElementById("id_map");
  maps?.addEventListener("change", () => location.assign(`?map=${encodeURIComponent(maps.value)}&indicator=${choice.value}`));
  form.addEventListener("submit", (event) => event.preventDefault());
}

async function begin() {
  const named = /^#CRS\d+RES\d+mN\d+E\d+(-\d+)?$/.test(location.hash) ? location.hash.slice(1) : "";
  if (named) history.replaceState(history.state, "", location.pathname + location.search); // MapLibre keeps what it cannot read
  const viewed = location.hash.startsWith("#vue=");
  const module = await import(JSON.parse(figure.dataset.config).live);
  calm = module.calm;
  live = new module.Live(figure, () => choice.value);
  if (!await live.begin({ hash: true })) return;
  form.querySelector("button").hidden = true;
  listen();
  if (named) open(named, { move: true });
  else if (opened()) settle({ move: !viewed });
  live.drawn();
}

if (figure) begin();
