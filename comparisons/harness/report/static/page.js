"use strict";
// Switches the language, finds concepts, opens what is folded for printing, and draws every chart
// in place of its picture, as wide as the page has room for.
(() => {
  const GAP = 40; // beside a panel: its axis, and the space to the next one
  const WIDEST = { chart: 860, panel: 520 }; // wider ones are harder to read, not easier
  const SMALLEST = { letters: 0.75, pictures: 0.5 }; // what must shrink further is scrolled instead
  const AXIS = 60; // width of an axis with its title
  const NARROW = 480; // there legends stand below one another, so that they are not what is widest
  const STACKED = { layout: { top: { direction: "vertical", anchor: "start" } } };
  const LETTER = 7; // width of a letter of a legend; one of Japanese has twice that
  const SYMBOL = 40; // and of what stands beside it
  const SEPARATOR = "\u2063"; // between the two languages of a text
  const ATTRIBUTES = [
    ...["alt", "aria-label", "title", "placeholder"],
    ...["data-label", "data-title", "data-found"],
  ];
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // The language

  function speak() {
    const japanese = root.lang === "ja";
    for (const name of ATTRIBUTES) {
      for (const element of all(`[data-ja-${name}]`)) {
        const english = `data-en-${name}`;
        if (!element.hasAttribute(english)) element.setAttribute(english, element.getAttribute(name));
        element.setAttribute(name, element.getAttribute(japanese ? `data-ja-${name}` : english));
      }
    }
    document.title = document.querySelector("title").getAttribute("data-title");
    for (const button of all("[data-language]")) {
      button.setAttribute("aria-pressed", button.dataset.language === root.lang);
    }
    for (const link of all('a[href*=".html"]')) {
      const [path, anchor] = link.getAttribute("href").split("#");
      const address = `${path.split("?")[0]}?lang=${root.lang}`;
      link.setAttribute("href", anchor ? `${address}#${anchor}` : address);
    }
  }

  function choose(language) {
    root.lang = language;
    try {
      localStorage.setItem("language", language);
    } catch {
      // Then the links alone carry it.
    }
    const address = new URL(location);
    address.searchParams.set("lang", language);
    try {
      history.replaceState(null, "", address);
    } catch {
      // A file's address may not be changed.
    }
    speak();
    drawings.forEach((drawing) => delete drawing.drawnWidth);
    drawAll();
    find();
  }

  // The concepts that are looked for

  const search = document.querySelector('[type="search"]');

  function find() {
    if (!search) return;
    const plain = (text) => text.normalize("NFKC").toLowerCase();
    const words = plain(search.value).split(/\s+/);
    const concepts = all(".summary .concept");
    for (const concept of concepts) {
      const text = plain(concept.dataset.words);
      concept.hidden = !words.every((word) => text.includes(word));
    }
    for (const chapter of all(".summary .chapter")) {
      let next = chapter.nextElementSibling;
      while (next && next.hidden) next = next.nextElementSibling;
      chapter.hidden = !next || next.classList.contains("chapter");
    }
    const output = document.querySelector(".find output");
    const shown = concepts.filter((concept) => !concept.hidden).length;
    const said = output.getAttribute("data-found").replaceAll("{count}", shown);
    output.textContent = search.value ? said.replaceAll("{total}", concepts.length) : "";
  }

  // The charts

  const wraps = (spec) => spec.columns && (spec.concat || (spec.facet && spec.facet.field));

  const isFaceted = (spec) =>
    ["row", "column", "facet"].some((channel) => channel in (spec.encoding || {}));

  const has = (type, { spec, layer, mark }) =>
    spec ? has(type, spec) : layer ? layer.some((part) => has(type, part)) : mark?.type === type;

  const hasPictures = (spec) => !spec.spec && has("image", spec);

  // Pictures, or squares, without axes.
  const isGrid = ({ spec, layer }) =>
    spec ? isGrid(spec) : Boolean(layer) && layer[0].encoding?.x?.axis === null;

  const hasLetters = (spec) => !isGrid(spec) || has("text", spec);

  // A plane, a grid of pictures, panels that Vega arranges, or a drawing that says so: the page's
  // width does not change it.
  const keepsShape = (spec) =>
    spec.width <= spec.height || spec.autosize || isFaceted(spec) || hasPictures(spec);

  function inLanguage(value) {
    if (typeof value === "string") {
      return value.includes(SEPARATOR) ? value.split(SEPARATOR)[root.lang === "ja" ? 1 : 0] : value;
    }
    if (Array.isArray(value)) return value.map(inLanguage);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [inLanguage(key), inLanguage(item)]),
    );
  }

  // A table by column as the rows that Vega reads.
  function rows(table) {
    const columns = Object.entries(table.columns).map(([name, column]) => {
      if ("all" in column) return [name, () => column.all];
      if ("of" in column) return [name, (row) => column.of[column.at[row]]];
      return [name, (row) => column.list[row]];
    });
    return Array.from({ length: table.rows }, (_, row) =>
      Object.fromEntries(columns.map(([name, value]) => [name, value(row)])),
    );
  }

  // How many panels stand beside one another in a width.
  function abreast(spec, width) {
    const panels = spec.concat || [spec.spec];
    if (panels.some((panel) => panel.width?.step)) return spec.columns; // as wide as its cells
    const widest = Math.max(...panels.map((panel) => panel.width || 200));
    return Math.max(1, Math.min(spec.columns, Math.floor(width / (widest + GAP))));
  }

  // A choice in order is picked by a slider: Vega would draw a list. Others are picked from one.
  function sliders(drawing, spec) {
    const controls = drawing.parentElement.querySelector(".controls");
    const kept = (drawing.kept ||= {});
    controls.replaceChildren();
    for (const parameter of spec.params || []) {
      const bind = parameter.bind;
      if (!bind || !bind.input) continue;
      if (!["select", "radio"].includes(bind.input)) {
        // Vega draws it; what a reader has set stays through a change of language or width.
        if (drawing.view) parameter.value = drawing.view.signal(parameter.name);
        continue;
      }
      delete parameter.bind;
      const options = bind.options;
      kept[parameter.name] ??= options.indexOf(parameter.value);
      parameter.value = options[kept[parameter.name]];
      const pick = (place) => {
        kept[parameter.name] = place;
        drawing.view.signal(parameter.name, options[place]).run();
      };
      controls.append(
        bind.input === "select"
          ? slider(bind.name, options, kept[parameter.name], pick)
          : selection(bind.name, options, kept[parameter.name], pick),
      );
    }
  }

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function slider(name, options, place, pick) {
    const said = element("output", { textContent: options[place] });
    const range = element("input", { type: "range", min: 0, max: options.length - 1, value: place });
    const tell = () => range.setAttribute("aria-valuetext", options[range.valueAsNumber]);
    range.addEventListener("input", () => {
      said.textContent = options[range.valueAsNumber];
      tell();
      pick(range.valueAsNumber);
    });
    tell();
    return element("label", { className: "slider" }, name, range, said);
  }

  function selection(name, options, place, pick) {
    const list = element("select", {}, ...options.map((option) => element("option", { textContent: option })));
    list.selectedIndex = place;
    list.addEventListener("change", () => pick(list.selectedIndex));
    return element("label", { className: "slider" }, name, list);
  }

  // Width of the longest name that a legend of the chart may show.
  function longest(part) {
    if (!part || typeof part !== "object") return 0;
    const { sort, scale } = part.color || {};
    const names = [sort, scale?.domain].filter(Array.isArray).flat().map(String);
    const own = names.map((name) => LETTER * name.replace(/[^\0-\u2e7f]/g, "xx").length);
    return Math.max(0, ...own, ...Object.values(part).map(longest));
  }

  // Whether a legend or an axis's title reaches beyond the picture.
  function isCut(picture) {
    const { right } = picture.getBoundingClientRect();
    const wide = all(".role-legend, .role-axis-title", picture);
    return wide.some((part) => part.getBoundingClientRect().right > right + 1);
  }

  async function show(holder, drawing, spec) {
    const options = { actions: false, renderer: drawing.dataset.renderer, mode: "vega-lite" };
    drawing.view = (await vegaEmbed(holder, spec, options)).view;
    return holder.querySelector("svg, canvas");
  }

  async function draw(drawing) {
    const width = drawing.clientWidth;
    if (!width || width === drawing.drawnWidth) return;
    drawing.drawnWidth = width;
    let spec = JSON.parse(drawing.nextElementSibling.textContent);
    for (const [name, table] of Object.entries(spec.datasets)) spec.datasets[name] = rows(table);
    spec = inLanguage(spec);
    sliders(drawing, spec);
    if (width < NARROW) {
      const columns = 2 * (longest(spec) + SYMBOL) < width ? 2 : 1;
      spec.config.legend = { ...spec.config.legend, ...STACKED, columns };
    }
    const fits = !wraps(spec) && (spec.mark || spec.layer) && !keepsShape(spec);
    if (wraps(spec)) {
      spec.columns = abreast(spec, width);
    } else if (fits) {
      spec.width = Math.min(width, WIDEST.chart);
      spec.autosize = { type: "fit-x", contains: "padding" };
    } else if (hasPictures(spec) && !isGrid(spec) && !isFaceted(spec)) {
      // A plane shrinks as a whole; the letters beside it stay as large as they are.
      const share = Math.min(1, (width - AXIS) / spec.width);
      spec.width *= share;
      spec.height *= share;
    }
    const holder = document.createElement("div");
    drawing.replaceChildren(holder);
    let picture = await show(holder, drawing, spec);
    if (fits && isCut(picture)) {
      // Names beside the axis leave too little for what stands above and below: all letters shrink.
      spec.width = width / SMALLEST.letters;
      spec.config.legend.layout = { top: { ...STACKED.layout.top, anchor: "end" } };
      picture = await show(holder, drawing, spec);
    }
    if (wraps(spec) && spec.facet) {
      // What the panels leave over is theirs.
      const spare = Math.floor((width - picture.getAttribute("width")) / spec.columns);
      const panel = Math.min(WIDEST.panel, spec.spec.width + spare);
      if (panel !== spec.spec.width && !keepsShape(spec.spec)) {
        spec.spec.width = panel;
        picture = await show(holder, drawing, spec);
      }
    }
    const natural = Number(picture.getAttribute("width"));
    const smallest = SMALLEST[hasLetters(spec) ? "letters" : "pictures"];
    picture.style.setProperty("--least", `${Math.round(natural * smallest)}px`);
  }

  const drawings = all(".drawing");
  const drawAll = () => drawings.forEach((drawing) => draw(drawing).catch(console.error));

  // Printing shows what is folded

  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open], :has(.records))"); // not the list of all comparisons
    folded.forEach((details) => (details.open = true));
  });
  addEventListener("afterprint", () => folded.forEach((details) => (details.open = false)));

  let waiting;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(drawAll, 200);
  });
  for (const button of all("[data-language]")) {
    button.addEventListener("click", () => choose(button.dataset.language));
  }
  all(".languages, .find").forEach((element) => (element.hidden = false));
  search?.addEventListener("input", find);
  speak();
  find();
  drawAll();
})();
