// Two maps that move together: what one shows of a place, the other shows too.

const figures = [...document.querySelectorAll(".map[data-config]")];

async function begin() {
  const { Live } = await import(JSON.parse(figures[0].dataset.config).live);
  const sides = figures.map((figure) => new Live(figure, () => figure.dataset.indicator));
  for (const side of sides) if (!await side.begin()) return;
  let moving = false;
  sides.forEach((side, place) => {
    const other = sides[1 - place];
    side.map.on("move", () => {
      if (moving) return;
      moving = true;
      other.map.jumpTo({ center: side.map.getCenter(), zoom: side.map.getZoom() });
      moving = false;
    });
    side.hovering = (point) => other.show(point);
    side.map.on("click", ({ point }) => {
      const unit = side.unitAt(point);
      if (unit) location.assign(side.figure.dataset.profile.replace(side.config.panel.place, encodeURIComponent(unit.unit_id)));
    });
    side.drawn();
  });
}

if (figures.length) begin();
