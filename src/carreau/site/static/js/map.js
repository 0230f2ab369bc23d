// The live map. It knows no release: what to draw, how to colour it and every word come from the server, in the
// attribute data-config (see maps/config.py). Without this script, or without WebGL, the page keeps its drawing.

const figure = document.getElementById("map");
const view = figure?.querySelector(".map-view");
const form = document.getElementById("map-form");
const choice = document.getElementById("id_indicator");
const panel = document.getElementById("panel");
const status = document.getElementById("map-status");
const config = figure && JSON.parse(figure.dataset.config);
const narrow = matchMedia("(max-width: 900px)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let map, tip, hovered, asked = 0;

// Colour and words of an indicator

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const chosen = () => config.indicators[choice.value];
const column = (name) => ["to-number", ["get", name]];

function painted(indicator) {
  const over = indicator.over ? ["*", 2, column(indicator.over)] : 2;
  const middle = ["/", ["*", indicator.factor, ["+", column(indicator.low), column(indicator.high)]], over];
  const colours = indicator.colours.map(colour);
  const steps = indicator.breaks.flatMap((bound, place) => [bound, colours[place + 1]]);
  const known = steps.length ? ["step", middle, colours[0], ...steps] : colours[0];
  return ["case", ["==", ["get", indicator.low], null], colour("unknown"), known];
}

function words(unit) {
  const indicator = chosen();
  if (unit[indicator.low] === null || unit[indicator.low] === undefined) return config.words.unknown;
  const written = (value) => (indicator.factor * value / (indicator.over ? unit[indicator.over] : 1)).toLocaleString(
    config.language, { minimumFractionDigits: indicator.decimals, maximumFractionDigits: indicator.decimals });
  const [low, high] = [written(unit[indicator.low]), written(unit[indicator.high])];
  const value = low === high ? low : config.words.interval.replace("{low}", low).replace("{high}", high);
  return indicator.rate.replace("{value}", value);
}

// The map

function style() {
  const background = { id: "paper", type: "background", paint: { "background-color": colour("paper") } };
  const sources = { units: config.units, communes: config.communes };
  const tiles = [];
  if (config.tiles) {
    sources.tiles = config.tiles;
    tiles.push({ id: "tiles", type: "raster", source: "tiles", paint: { "raster-saturation": -0.7, "raster-opacity": 0.6 } });
  }
  const communes = [
    { id: "communes", type: "fill", source: "communes", paint: { "fill-color": colour("card"), "fill-opacity": config.tiles ? 0 : 1 } },
    { id: "borders", type: "line", source: "communes", paint: { "line-color": colour("line"), "line-width": 1.2 } },
  ];
  const layer = config.units["source-layer"] ? { "source-layer": config.units["source-layer"] } : {};
  const outlined = (id, paint) => ({ id, type: "line", source: "units", ...layer, paint, filter: ["==", ["get", "unit_id"], ""] });
  const units = [
    { id: "units", type: "fill", source: "units", ...layer, paint: { "fill-color": painted(chosen()), "fill-opacity": config.tiles ? 0.85 : 1 } },
    { id: "edges", type: "line", source: "units", ...layer, paint: { "line-color": colour("paper"), "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.4, 14, 1.6] } },
    outlined("hovered", { "line-color": colour("ink"), "line-width": 2 }),
    outlined("opened", { "line-color": colour("ink"), "line-width": 4 }),
  ];
  return { version: 8, sources, layers: [background, ...tiles, ...communes, ...units] };
}

function repaint() {
  map.setPaintProperty("units", "fill-color", painted(chosen()));
}

function recolour() {
  const ink = colour("ink"), paper = colour("paper");
  const paints = { paper: ["background-color", paper], communes: ["fill-color", colour("card")],
    borders: ["line-color", colour("line")], edges: ["line-color", paper], hovered: ["line-color", ink], opened: ["line-color", ink] };
  for (const [layer, [property, value]] of Object.entries(paints)) map.setPaintProperty(layer, property, value);
  repaint();
}

function unitAt(point) {
  return map.queryRenderedFeatures(point, { layers: ["units"] })[0]?.properties;
}

function outline(layer, unit) {
  map.setFilter(layer, ["==", ["get", "unit_id"], unit ?? ""]);
}

function show(point, unit) {
  if (hovered !== unit?.unit_id) {
    hovered = unit?.unit_id;
    outline("hovered", hovered);
    map.getCanvas().style.cursor = unit ? "pointer" : "";
  }
  tip.hidden = !unit;
  if (!unit) return;
  tip.textContent = words(unit);
  const left = Math.min(point.x + 14, view.clientWidth - tip.offsetWidth - 4);
  tip.style.transform = `translate(${left}px, ${Math.max(point.y - tip.offsetHeight - 10, 4)}px)`;
}

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
  const mine = ++asked;
  const answer = await fetch(config.panel.address.replace(config.panel.place, encodeURIComponent(unit)));
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
  outline("opened", card.dataset.unit);
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
  outline("opened");
  history.replaceState(history.state, "", address());
  map.getCanvas().focus();
}

// The indicator

function change() {
  const place = Object.keys(config.indicators).indexOf(choice.value);
  for (const legend of document.querySelectorAll(".map-legend")) legend.hidden = legend.dataset.indicator !== choice.value;
  for (const patch of view.querySelectorAll("[data-k]")) patch.setAttribute("class", `c${patch.dataset.k[place]}`);
  repaint();
  mark();
  history.replaceState(history.state, "", address(opened()));
}

// Beginning

function listen() {
  map.on("mousemove", ({ point }) => show(point, unitAt(point)));
  map.on("mouseout", () => show());
  map.on("click", ({ point }) => {
    const unit = unitAt(point);
    if (unit) open(unit.unit_id);
  });
  const canvas = map.getCanvas();
  const middle = () => map.project(map.getCenter());
  map.on("moveend", () => {
    if (document.activeElement !== canvas) return;
    const unit = unitAt(middle());
    status.textContent = unit ? words(unit) : "";
    outline("hovered", unit?.unit_id);
  });
  canvas.addEventListener("keydown", (event) => {
    const unit = event.key === "Enter" && unitAt(middle());
    if (unit) open(unit.unit_id, { focus: true });
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  panel.addEventListener("click", (event) => {
    if (!event.target.closest(".map-close")) return;
    event.preventDefault();
    close();
  });
  choice.addEventListener("change", change);
  form.addEventListener("submit", (event) => event.preventDefault());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
}

function add(name, parent, hidden = false) {
  const element = document.createElement("div");
  element.className = name;
  element.hidden = hidden;
  parent.append(element);
  return element;
}

// The same place and scale as the drawing under it: metres in a pixel at zoom 0, on tiles of 512 pixels
function start() {
  const { centre, width, height } = config.extent;
  const metres = Math.max(width / view.clientWidth, height / view.clientHeight);
  return { center: centre, zoom: Math.log2(78271.517 * Math.cos(centre[1] * Math.PI / 180) / metres) };
}

async function begin() {
  const { Map: Live, NavigationControl, setWorkerUrl } = await import(config.library);
  setWorkerUrl(new URL(config.worker, location.href).href);
  const [west, south, east, north] = config.bounds;
  const named = /^#CRS\d+RES\d+mN\d+E\d+$/.test(location.hash) ? location.hash.slice(1) : "";
  if (named) history.replaceState(history.state, "", location.pathname + location.search); // MapLibre keeps what it cannot read
  const viewed = location.hash.startsWith("#vue=");
  const container = add("map-canvas", view);
  try {
    map = new Live({
      container, style: style(), ...start(), bearing: config.bearing, hash: "vue", minZoom: 4, maxZoom: 17, attributionControl: false,
      dragRotate: false, pitchWithRotate: false, touchPitch: false, locale: config.words.controls,
      maxBounds: [[west - 1, south - 1], [east + 1, north + 1]], fadeDuration: 0,
    });
  } catch {
    container.remove(); // no WebGL: the drawing stays
    return;
  }
  map.jumpTo({ bearing: config.bearing }); // a view read from the address sets all but this
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  add("map-cross", container);
  tip = add("map-tip", container, true);
  await map.once("load");
  figure.dataset.live = "";
  form.querySelector("button").hidden = true;
  listen();
  if (named) open(named, { move: true });
  else if (opened()) settle({ move: !viewed });
  const drawn = () => { figure.dataset.drawn = ""; };
  if (map.loaded()) drawn();
  else map.once("idle", drawn);
}

if (config) begin();
