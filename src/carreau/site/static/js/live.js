// The live map over the drawing of one figure. It knows no release: what to draw, how to colour it and every word come
// from the server, in the attribute data-config (see maps/config.py). Without a script, or without WebGL, the drawing stays.

export const calm = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");
const HATCH = 8;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const square = ["^", ["/", ["get", "size"], 200], 2]; // tiles of squares do not say how many cells they have
const column = (name) => ["to-number", name === "cells" ? ["coalesce", ["get", name], square] : ["get", name]];
const none = ["==", ["get", "unit_id"], ""];

export class Live {
  constructor(figure, chosen) {
    this.figure = figure;
    this.view = figure.querySelector(".map-view");
    this.config = JSON.parse(figure.dataset.config);
    this.chosen = () => this.config.indicators[chosen()];
    this.hovering = () => {};
  }

  // Colour and words of an indicator

  painted() {
    const indicator = this.chosen();
    const over = indicator.over ? ["*", 2, column(indicator.over)] : 2 * indicator.divisor;
    const middle = ["/", ["*", indicator.factor, ["+", column(indicator.low), column(indicator.high)]], over];
    const colours = indicator.colours.map(colour);
    const steps = indicator.breaks.flatMap((bound, place) => [bound, colours[place + 1]]);
    const known = steps.length ? ["step", middle, colours[0], ...steps] : colours[0];
    const nothing = indicator.over ? ["any", ["==", ["get", indicator.low], null], ["==", column(indicator.over), 0]] : ["==", ["get", indicator.low], null];
    return ["case", nothing, colour("unknown"), known];
  }

  words(unit) {
    const indicator = this.chosen(), { language, words } = this.config;
    const over = indicator.over ? unit[indicator.over] ?? (unit.size / 200) ** 2 : indicator.divisor;
    if (unit[indicator.low] === null || unit[indicator.low] === undefined || !over) return words.unknown;
    const written = (value) => (indicator.factor * value / over).toLocaleString(
      language, { minimumFractionDigits: indicator.decimals, maximumFractionDigits: indicator.decimals });
    const [low, high] = [written(unit[indicator.low]), written(unit[indicator.high])];
    const value = low === high ? low : words.interval.replace("{low}", low).replace("{high}", high);
    return indicator.rate.replace("{value}", value);
  }

  why(unit) {
    return unit.size > 200 ? this.config.words.merged.replace("{cells}", unit.cells) : "";
  }

  // The map

  style() {
    const { config } = this;
    const background = { id: "paper", type: "background", paint: { "background-color": colour("paper") } };
    const whole = config.units.tiles?.map((path) => location.origin + path); // a worker asks for them
    const sources = { units: { ...config.units, ...whole && { tiles: whole } }, communes: config.communes };
    const tiles = [];
    if (config.tiles) {
      sources.tiles = config.tiles;
      tiles.push({ id: "tiles", type: "raster", source: "tiles", paint: { "raster-saturation": -0.7, "raster-opacity": 0.6 } });
    }
    const communes = [
      { id: "communes", type: "fill", source: "communes", paint: { "fill-color": colour("card"), "fill-opacity": config.tiles ? 0 : 1 } },
      { id: "borders", type: "line", source: "communes", paint: { "line-color": colour("line"), "line-width": 1.2 } },
    ];
    if (config.bridges) sources.bridges = config.bridges;
    const layer = config.layer ? { "source-layer": config.layer } : {};
    const outlined = (id, paint) => ({ id, type: "line", source: "units", ...layer, paint, filter: none });
    const units = [
      { id: "units", type: "fill", source: "units", ...layer, paint: { "fill-color": this.painted(), "fill-opacity": config.tiles ? 0.85 : 1 } },
      { id: "edges", type: "line", source: "units", ...layer, paint: { "line-color": colour("paper"), "line-width": ["interpolate", ["linear"], ["zoom"], 9, config.layer ? 0 : 0.4, 14, 1.6] } },
      outlined("hovered", { "line-color": colour("ink"), "line-width": 2 }),
      outlined("opened", { "line-color": colour("ink"), "line-width": 4 }),
    ];
    return { version: 8, sources, layers: [background, ...tiles, ...communes, ...units] };
  }

  hatch() {
    const [red, green, blue] = colour("soft").match(/\w\w/g).map((one) => parseInt(one, 16));
    const data = new Uint8Array(4 * HATCH * HATCH);
    for (let place = 0; place < HATCH * HATCH; place++)
      if ((place % HATCH + Math.floor(place / HATCH)) % HATCH < 2) data.set([red, green, blue, 110], 4 * place);
    return { width: HATCH, height: HATCH, data };
  }

  repaint() {
    this.map.setPaintProperty("units", "fill-color", this.painted());
  }

  recolour() {
    const ink = colour("ink"), paper = colour("paper");
    const paints = { paper: ["background-color", paper], communes: ["fill-color", colour("card")],
      borders: ["line-color", colour("line")], edges: ["line-color", paper], hovered: ["line-color", ink], opened: ["line-color", ink] };
    for (const [layer, [property, value]] of Object.entries(paints)) this.map.setPaintProperty(layer, property, value);
    this.map.updateImage("hatch", this.hatch());
    this.repaint();
  }

  unitAt(point) {
    return this.map.queryRenderedFeatures(point, { layers: ["units"] })[0]?.properties;
  }

  outline(layer, unit) {
    this.map.setFilter(layer, unit ? ["==", ["get", "unit_id"], unit] : none);
  }

  show(point) {
    const unit = point && this.unitAt(point);
    if (this.hovered !== unit?.unit_id) {
      this.hovered = unit?.unit_id;
      this.outline("hovered", this.hovered);
      this.map.getCanvas().style.cursor = unit ? "pointer" : "";
    }
    this.tip.hidden = !unit;
    if (!unit) return;
    const said = [this.words(unit), this.why(unit)].filter(Boolean);
    this.tip.replaceChildren(...said.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
    const left = Math.max(Math.min(point.x + 14, this.view.clientWidth - this.tip.offsetWidth - 4), 4);
    this.tip.style.transform = `translate(${left}px, ${Math.max(point.y - this.tip.offsetHeight - 10, 4)}px)`;
  }

  add(name, parent, hidden = false) {
    const element = Object.assign(document.createElement("div"), { className: name, hidden });
    parent.append(element);
    return element;
  }

  // The same place and scale as the drawing under it: metres in a pixel at zoom 0, on tiles of 512 pixels
  start() {
    const { centre, width, height } = this.config.extent;
    const metres = Math.max(width / this.view.clientWidth, height / this.view.clientHeight);
    return { center: centre, zoom: Math.log2(78271.517 * Math.cos(centre[1] * Math.PI / 180) / metres) };
  }

  // Draws; false without WebGL
  async begin({ hash = false } = {}) {
    const { config } = this;
    const { Map: Drawn, NavigationControl, setWorkerUrl } = await import(config.library);
    setWorkerUrl(new URL(config.worker, location.href).href);
    const [west, south, east, north] = config.bounds;
    const container = this.add("map-canvas", this.view);
    const controls = config.words.controls;
    const title = [this.figure.getAttribute("aria-label"), controls["Map.Title"]].filter(Boolean).join(". ");
    try {
      this.map = new Drawn({
        container, style: this.style(), ...this.start(), bearing: config.bearing, hash: hash && "vue", minZoom: config.units.minzoom ?? 4, maxZoom: 17,
        attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, locale: { ...controls, "Map.Title": title },
        maxBounds: [[west - 1, south - 1], [east + 1, north + 1]], fadeDuration: 0,
      });
    } catch {
      container.remove();
      return false;
    }
    const { map } = this;
    map.jumpTo({ bearing: config.bearing }); // a view read from the address sets all but this
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.add("map-cross", container);
    this.tip = this.add("map-tip", container, true);
    await map.once("load");
    map.addImage("hatch", this.hatch());
    if (config.bridges) map.addLayer({ id: "bridges", type: "fill", source: "bridges", paint: { "fill-pattern": "hatch" } }, "units");
    this.figure.dataset.live = "";
    map.on("mousemove", ({ point }) => {
      this.show(point);
      this.hovering(point);
    });
    map.on("mouseout", () => {
      this.show();
      this.hovering();
    });
    dark.addEventListener("change", () => this.recolour());
    return true;
  }

  drawn() {
    const mark = () => { this.figure.dataset.drawn = ""; };
    if (this.map.loaded()) mark();
    else this.map.once("idle", mark);
  }
}
