"use strict";
// Draws every chart in place of its picture, as wide as the page has room for.
(() => {
  const GAP = 40; // beside a panel: its axis, and the space to the next one
  const WIDEST = { chart: 860, panel: 520 }; // wider ones are harder to read, not easier
  const SMALLEST = 0.75; // a chart that must shrink further is scrolled instead
  const NARROW = 480; // there legends stand below one another, so that they are not what is widest
  const STACKED = { columns: 2, layout: { top: { direction: "vertical", anchor: "start" } } };

  const wraps = (spec) => spec.columns && (spec.concat || (spec.facet && spec.facet.field));

  // How many panels stand beside one another in a width.
  function abreast(spec, width) {
    const panels = spec.concat || [spec.spec];
    const widest = Math.max(...panels.map((panel) => panel.width || 200));
    return Math.max(1, Math.min(spec.columns, Math.floor(width / (widest + GAP))));
  }

  async function show(holder, drawing, spec) {
    const options = { actions: false, renderer: drawing.dataset.renderer };
    await vegaEmbed(holder, spec, options);
    return holder.querySelector("svg, canvas");
  }

  async function draw(drawing) {
    const width = drawing.clientWidth;
    if (!width || width === drawing.drawnWidth) return;
    drawing.drawnWidth = width;
    const spec = JSON.parse(drawing.nextElementSibling.textContent);
    if (width < NARROW) spec.config.legend = { ...spec.config.legend, ...STACKED };
    if (wraps(spec)) {
      spec.columns = abreast(spec, width);
    } else if (spec.mark || spec.layer) {
      spec.width = Math.min(width, WIDEST.chart);
      spec.autosize = { type: "fit-x", contains: "padding" };
    }
    const holder = document.createElement("div");
    drawing.replaceChildren(holder);
    let picture = await show(holder, drawing, spec);
    if (wraps(spec) && spec.facet) {
      // What the panels leave over is theirs.
      const spare = Math.floor((width - picture.getAttribute("width")) / spec.columns);
      const panel = Math.min(WIDEST.panel, spec.spec.width + spare);
      if (panel !== spec.spec.width) {
        spec.spec.width = panel;
        picture = await show(holder, drawing, spec);
      }
    }
    const natural = Number(picture.getAttribute("width"));
    picture.style.setProperty("--least", `${Math.round(natural * SMALLEST)}px`);
  }

  const drawings = [...document.querySelectorAll(".drawing")];
  const drawAll = () => drawings.forEach((drawing) => draw(drawing).catch(console.error));
  let waiting;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(drawAll, 200);
  });
  drawAll();
})();
