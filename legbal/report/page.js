// Zoom, pan and read-out of charts that are already drawn. Charts of one group (data-group) share their x axis.
// What is drawn here again after zooming follows draw.py and scale.py, number by number.
"use strict";

(() => {
  const MOST_TICKS = 8;
  const CROWDED = 1.5; // values a place, from which on they are gathered
  const LEAST_LABELLED = 16;
  const SVG = "http://www.w3.org/2000/svg";
  const groups = new Map();

  // ---- numbers

  const short = (value) => {
    const said = value.toFixed(1);
    return said.endsWith(".0") ? said.slice(0, -2) : said;
  };

  function column(stored) {
    if (Array.isArray(stored)) return Float64Array.from(stored, (v) => (v === null ? NaN : v));
    return Float64Array.from({ length: stored.count }, (_, i) => stored.from + i * stored.step);
  }

  function firstNotBelow(values, wanted) {
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function nearest(values, wanted) {
    const after = firstNotBelow(values, wanted);
    if (after === 0) return 0;
    if (after === values.length) return after - 1;
    return wanted - values[after - 1] <= values[after] - wanted ? after - 1 : after;
  }

  // ---- paths

  function gather(x, y, low, high, places) {
    const first = Math.max(0, firstNotBelow(x, low) - 1);
    const last = Math.min(x.length, firstNotBelow(x, high) + 1);
    if (last - first <= CROWDED * places) {
      const own = y.subarray(first, last);
      return { x: x.subarray(first, last), mean: own, low: own, high: own };
    }
    const made = {
      x: Float64Array.from({ length: places }, (_, i) => low + ((i + 0.5) / places) * (high - low)),
      mean: new Float64Array(places),
      low: new Float64Array(places).fill(NaN),
      high: new Float64Array(places).fill(NaN),
    };
    const count = new Uint32Array(places);
    for (let i = first; i < last; i++) {
      if (Number.isNaN(y[i])) continue;
      const at = Math.floor(((x[i] - low) / (high - low)) * places);
      const place = Math.min(Math.max(at, 0), places - 1);
      made.mean[place] += y[i];
      if (!(made.low[place] <= y[i])) made.low[place] = y[i];
      if (!(made.high[place] >= y[i])) made.high[place] = y[i];
      count[place] += 1;
    }
    for (let i = 0; i < places; i++) made.mean[i] /= count[i];
    return made;
  }

  function pieces(x, y, across, up) {
    const found = [];
    let open = null;
    for (let i = 0; i < x.length; i++) {
      if (Number.isNaN(y[i])) {
        open = null;
        continue;
      }
      if (open === null) found.push((open = []));
      open.push([across(x[i]), up(y[i])]);
    }
    return found;
  }

  function polyline(points) {
    if (points.length === 1) return `M${short(points[0][0] - 0.5)} ${short(points[0][1])}h1`;
    const said = points.map(([a, b]) => `${short(a)} ${short(b)}`);
    return `M${said[0]}L${said.slice(1).join(" ")}`;
  }

  function area(x, low, high, across, up) {
    const below = pieces(x, low, across, up);
    return pieces(x, high, across, up)
      .map((a, i) => (a.length > 1 ? `${polyline([...a, ...below[i].reverse()])}Z` : ""))
      .join("");
  }

  const drawing = {
    line: (x, s, view) => {
      const g = gather(x, s.y, view.low, view.high, view.places);
      return pieces(g.x, g.mean, view.across, view.up).map(polyline).join("");
    },
    range: (x, s, view) => {
      const g = gather(x, s.y, view.low, view.high, view.places);
      return area(g.x, g.low, g.high, view.across, view.up);
    },
    band: (x, s, view) => {
      const g = gather(x, s.y, view.low, view.high, view.places);
      const off = gather(x, s.error, view.low, view.high, view.places).mean;
      const low = g.mean.map((v, i) => v - off[i]);
      const high = g.mean.map((v, i) => v + off[i]);
      return area(g.x, low, high, view.across, view.up);
    },
    diverging: (x, s, view) => {
      const g = gather(x, s.y, view.low, view.high, view.places);
      const held = g.mean.map((v) => (s.side > 0 ? Math.max(v, s.base) : Math.min(v, s.base)));
      const still = held.map((v) => (Number.isNaN(v) ? NaN : s.base));
      return area(g.x, still, held, view.across, view.up);
    },
    dots: (x, s, view) => each(x, s.y, (i) => `M${short(view.across(x[i]))} ${short(view.up(s.y[i]))}h0`),
    bars: (x, s, view) =>
      each(x, s.y, (i) => {
        if (Number.isNaN(s.error[i])) return "";
        const [from, to] = [view.up(s.y[i] - s.error[i]), view.up(s.y[i] + s.error[i])];
        return `M${short(view.across(x[i]))} ${short(from)}V${short(to)}`;
      }),
  };

  function each(x, y, path) {
    let said = "";
    for (let i = 0; i < x.length; i++) if (!Number.isNaN(y[i])) said += path(i);
    return said;
  }

  // ---- ticks

  const CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800];
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const DAY_MS = 86400000;

  function multiples(low, high, step) {
    const first = Math.ceil(low / step - 1e-9);
    const last = Math.floor(high / step + 1e-9);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
  }

  const two = (value) => String(value).padStart(2, "0");

  function clock(seconds, hours) {
    const whole = Math.round(seconds);
    const [hour, minute, second] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    return hours ? `${hour}:${two(minute)}:${two(second)}` : `${60 * hour + minute}:${two(second)}`;
  }

  function dayName(day, year) {
    const date = new Date(day * DAY_MS);
    const said = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
    return year ? `${said} ${date.getUTCFullYear()}` : said;
  }

  const ticks = {
    number: (low, high, unit) => {
      const rough = (high - low) / MOST_TICKS;
      const power = 10 ** Math.floor(Math.log10(rough));
      const step = [1, 2, 5, 10].map((x) => x * power).find((x) => x >= rough * (1 - 1e-9));
      const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
      return multiples(low, high, step).map((value) => [value, value.toFixed(digits) + unit]);
    },
    clock: (low, high) => {
      const rough = (high - low) / MOST_TICKS;
      const step = CLOCK_STEPS.find((x) => x >= rough) ?? CLOCK_STEPS.at(-1);
      return multiples(low, high, step).map((value) => [value, clock(value, high >= 3600)]);
    },
    date: (low, high) => {
      if (high - low < 75) {
        const step = [1, 2, 7, 14].find((x) => x >= (high - low) / MOST_TICKS) ?? 14;
        return multiples(Math.ceil(low), high, step).map((day) => [day, dayName(day)]);
      }
      const month = (day) => {
        const date = new Date(day * DAY_MS);
        return date.getUTCFullYear() * 12 + date.getUTCMonth();
      };
      const [first, last] = [month(low), month(high)];
      const step = [1, 2, 3, 6, 12, 24, 60, 120].find((x) => (last - first) / x <= MOST_TICKS) ?? 120;
      const found = [];
      for (let at = first; at <= last; at++) {
        const day = Date.UTC(Math.floor(at / 12), at % 12, 1) / DAY_MS;
        if (at % step || day < low || day > high) continue;
        found.push([day, at % 12 ? MONTHS[at % 12] : `Jan ${Math.floor(at / 12)}`]);
      }
      return found;
    },
  };

  function element(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // ---- one chart of a group

  class Chart {
    constructor(svg, group) {
      this.svg = svg;
      this.group = group;
      [this.left, this.length] = svg.dataset.across.split(" ").map(Number);
      [this.top, this.height, this.lowest, this.highest] = svg.dataset.up.split(" ").map(Number);
      this.bottom = svg.viewBox.baseVal.height;
      this.ticks = svg.querySelector(".ticks");
      this.cursor = svg.querySelector(".cursor");
      this.selection = element("rect", { class: "selection", y: this.top, height: this.height, width: 0 });
      svg.append(this.selection);
      this.series = Array.from(svg.querySelectorAll("[data-draw]"), (path) => ({
        path,
        draw: drawing[path.dataset.draw],
        x: group.columns[path.dataset.x ?? "x"],
        y: group.columns[path.dataset.y],
        error: group.columns[path.dataset.error],
        base: Number(path.dataset.base),
        side: Number(path.dataset.side),
      }));
    }

    across(value) {
      return this.left + ((value - this.group.low) / (this.group.high - this.group.low)) * this.length;
    }

    value(event) {
      const box = this.svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * this.svg.viewBox.baseVal.width;
      const part = Math.min(Math.max((x - this.left) / this.length, 0), 1);
      return this.group.low + part * (this.group.high - this.group.low);
    }

    draw() {
      const { low, high, kind } = this.group;
      const range = this.highest - this.lowest;
      const view = {
        low,
        high,
        places: Math.floor(this.length),
        across: (x) => this.across(x),
        up: (y) => this.top + this.height - ((y - this.lowest) / range) * this.height,
      };
      for (const s of this.series) s.path.setAttribute("d", s.draw(s.x, s, view));
      this.ticks.replaceChildren(
        ...ticks[kind](low, high, this.group.unit).flatMap(([at, label]) => {
          const x = short(this.across(at));
          const line = element("path", { d: `M${x} ${short(this.top)}V${short(this.top + this.height)}` });
          return [line, element("text", { x, y: short(this.bottom - 7) }, label)];
        }),
      );
      for (const span of this.svg.querySelectorAll(".span")) {
        const [from, to] = [Number(span.dataset.low), Number(span.dataset.high)].map((v) => this.across(v));
        const width = Math.max(1, to - from);
        const rect = span.querySelector("rect");
        rect.setAttribute("x", short(from));
        rect.setAttribute("width", short(width));
        const label = span.querySelector("text");
        label?.setAttribute("x", short(from + width / 2));
        label?.setAttribute("visibility", width < LEAST_LABELLED ? "hidden" : "visible");
      }
      for (const marker of this.svg.querySelectorAll(".marker")) {
        marker.setAttribute("transform", `translate(${short(this.across(Number(marker.dataset.at)))} 0)`);
      }
    }

    point(at) {
      const inside = at !== null && at >= this.group.low && at <= this.group.high;
      this.cursor.setAttribute("visibility", inside ? "visible" : "hidden");
      if (inside) this.cursor.setAttribute("transform", `translate(${short(this.across(at))} 0)`);
    }

    select(from, to) {
      const [a, b] = [Math.min(from, to), Math.max(from, to)].map((v) => this.across(v));
      this.selection.setAttribute("x", short(a));
      this.selection.setAttribute("width", short(b - a));
    }
  }

  // ---- charts that share their x axis

  class Group {
    constructor(box, data) {
      Object.assign(this, data);
      this.box = box;
      this.whole = { low: data.low, high: data.high };
      this.columns = Object.fromEntries(Object.entries(data.columns).map(([k, v]) => [k, column(v)]));
      this.places = [...new Set(data.readout.map((entry) => entry.x))].map((name) => this.columns[name]);
      this.charts = Array.from(box.querySelectorAll("svg[data-group]"), (svg) => new Chart(svg, this));
      this.output = box.querySelector("output");
      this.at = null;
      this.waiting = false;
      this.listen();
    }

    listen() {
      this.box.tabIndex = 0;
      this.box.classList.add("live");
      for (const hidden of this.box.querySelectorAll("[hidden]")) hidden.hidden = false;
      for (const chart of this.charts) this.listenTo(chart);
      this.box.addEventListener("keydown", (event) => this.key(event));
      for (const button of this.box.querySelectorAll("[data-do]")) {
        button.addEventListener("click", () => this.act(button.dataset.do));
      }
      this.show(this.low, this.high);
    }

    listenTo(chart) {
      const { svg } = chart;
      let drag = null;
      svg.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        const pans = event.shiftKey || event.pointerType === "touch";
        drag = { pans, from: chart.value(event), low: this.low, high: this.high, x: event.clientX };
        svg.setPointerCapture(event.pointerId);
      });
      svg.addEventListener("pointermove", (event) => {
        if (drag?.pans) {
          const aPixel = (drag.high - drag.low) / ((chart.length / svg.viewBox.baseVal.width) * svg.clientWidth);
          const by = (drag.x - event.clientX) * aPixel;
          this.show(drag.low + by, drag.high + by);
        } else if (drag) {
          for (const other of this.charts) other.select(drag.from, chart.value(event));
        }
        this.point(chart.value(event));
      });
      svg.addEventListener("pointerup", (event) => {
        for (const other of this.charts) other.select(this.low, this.low);
        if (drag && !drag.pans && Math.abs(event.clientX - drag.x) > 5) {
          const to = chart.value(event);
          this.show(Math.min(drag.from, to), Math.max(drag.from, to));
        }
        drag = null;
      });
      svg.addEventListener("pointercancel", () => (drag = null));
      svg.addEventListener("pointerleave", () => this.point(null));
      svg.addEventListener("dblclick", () => this.act("all"));
      const wheel = (event) => {
        const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
        if (!event.ctrlKey && !event.metaKey && !sideways) return; // the page scrolls
        event.preventDefault();
        if (sideways) this.pan(event.deltaX / svg.clientWidth);
        else this.zoom(2 ** (event.deltaY / 200), chart.value(event));
      };
      svg.addEventListener("wheel", wheel, { passive: false });
    }

    show(low, high) {
      const { whole } = this;
      const width = Math.min(Math.max(high - low, this.least), whole.high - whole.low);
      const middle = (low + high) / 2;
      this.low = Math.min(Math.max(middle - width / 2, whole.low), whole.high - width);
      this.high = this.low + width;
      this.update();
    }

    zoom(factor, around) {
      this.show(around - (around - this.low) * factor, around + (this.high - around) * factor);
    }

    pan(part) {
      const by = part * (this.high - this.low);
      this.show(this.low + by, this.high + by);
    }

    act(what) {
      const middle = this.at ?? (this.low + this.high) / 2;
      if (what === "in") this.zoom(0.5, middle);
      else if (what === "out") this.zoom(2, middle);
      else if (what === "left") this.pan(-0.25);
      else if (what === "right") this.pan(0.25);
      else this.show(this.whole.low, this.whole.high);
    }

    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.box) return;
      const step = (this.high - this.low) / 100;
      const at = this.at ?? (this.low + this.high) / 2;
      const moves = {
        ArrowLeft: () => (event.shiftKey ? this.act("left") : this.step(at, -step)),
        ArrowRight: () => (event.shiftKey ? this.act("right") : this.step(at, step)),
        Home: () => this.point(this.low),
        End: () => this.point(this.high),
        "+": () => this.act("in"),
        "=": () => this.act("in"),
        "-": () => this.act("out"),
        0: () => this.act("all"),
        Escape: () => this.act("all"),
      };
      const move = moves[event.key];
      if (move === undefined) return;
      event.preventDefault();
      move();
    }

    // By a step of the axis, or to the next place that has a value where those lie further apart.
    step(at, by) {
      const from = this.snapped(at);
      let to = this.snapped(at + by);
      if (to === from) {
        const beyond = this.places.map((x) => (by > 0 ? x[firstNotBelow(x, from + 1e-6)] : x[firstNotBelow(x, from) - 1]));
        const known = beyond.filter((x) => x !== undefined);
        if (known.length === 0) return;
        to = by > 0 ? Math.min(...known) : Math.max(...known);
      }
      if (to < this.low || to > this.high) this.show(this.low + to - from, this.high + to - from);
      this.point(to);
    }

    snapped(at) {
      const found = this.places.filter((x) => x.length).map((x) => x[nearest(x, at)]);
      return found.reduce((a, b) => (Math.abs(b - at) < Math.abs(a - at) ? b : a), found[0] ?? at);
    }

    point(at) {
      this.at = at === null ? null : this.snapped(at);
      this.update();
    }

    update() {
      if (this.waiting) return;
      this.waiting = true;
      requestAnimationFrame(() => {
        this.waiting = false;
        if (this.drawn !== `${this.low} ${this.high}`) {
          this.drawn = `${this.low} ${this.high}`;
          for (const chart of this.charts) chart.draw();
        }
        for (const chart of this.charts) chart.point(this.at);
        this.output.replaceChildren(...this.said().flatMap((x) => [x, " "]));
      });
    }

    said() {
      const names = {
        clock: (x) => clock(x, this.whole.high >= 3600),
        date: (x) => dayName(x, true),
        number: (x) => `${x.toFixed(0)}${this.unit}`,
      };
      const name = names[this.kind];
      if (this.at === null) {
        const whole = this.low === this.whole.low && this.high === this.whole.high;
        return [part("", whole ? this.rest : `${name(this.low)} – ${name(this.high)}`)];
      }
      const said = [part("at", name(this.at))];
      for (const entry of this.readout) {
        const x = this.columns[entry.x];
        const i = nearest(x, this.at);
        const value = Math.abs(x[i] - this.at) <= this.near ? this.columns[entry.y][i] : NaN;
        const error = entry.error ? this.columns[entry.error][i] : NaN;
        if (Number.isNaN(value) || (entry.error && Number.isNaN(error))) {
          if (!entry.quiet) said.push(part(entry.style, `${entry.label} –`.trim()));
          continue;
        }
        const number = (entry.rest ? 100 - value : value).toFixed(entry.digits);
        const sure = entry.error && !entry.rest ? ` ± ${error.toFixed(entry.digits)}` : "";
        said.push(part(entry.style, `${entry.label} ${number}${sure}${entry.unit}`.trim()));
      }
      for (const span of this.spans) {
        if (this.at >= span.low && this.at <= span.high) said.push(part(span.style, span.label));
      }
      return said;
    }
  }

  function part(style, text) {
    const made = document.createElement("span");
    if (style) made.className = style;
    made.textContent = text;
    return made;
  }

  const data = JSON.parse(document.getElementById("data").textContent);
  for (const box of document.querySelectorAll("[data-charts]")) {
    groups.set(box.dataset.charts, new Group(box, data[box.dataset.charts]));
  }
  for (const button of document.querySelectorAll("button[data-show]")) {
    const [name, low, high] = button.dataset.show.split(" ");
    button.hidden = false;
    button.addEventListener("click", () => {
      const group = groups.get(name);
      group.show(Number(low), Number(high));
      group.box.scrollIntoView({ block: "start" });
      group.box.focus({ preventScroll: true });
    });
  }
})();
