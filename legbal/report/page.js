// Zoom, pan and read-out of charts. They are drawn already, whole: to zoom is to show a part of what lies between the
// axes (its viewBox) and to label the x axis anew. Charts of one group (data-group) share their x axis.
"use strict";

(() => {
  const CLOSE = 3; // times: from this zoom on the finer of two drawings is shown
  const NEAR = 30; // times: from here on what is dashed would have thousands of dashes, and takes a second to draw
  const SMALLEST = 0.8; // of its size: a narrow screen gets a narrower chart, not a smaller one
  const APART = 0.02; // of a chart: fingers nearer than that tell no zoom

  const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const column = (stored) =>
    Array.isArray(stored) ? stored : Array.from({ length: stored.count }, (_, i) => stored.from + i * stored.step);

  function nearest(values, wanted) {
    let [low, high] = [0, values.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low && !(values[low] - wanted < wanted - values[low - 1]) ? low - 1 : low;
  }

  // Numbers in the texts that the page holds for the kind of its axis; of a half the even one, as in all other texts.
  const formats = {
    number: (value, { number }) => number.replace("0", value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value)),
    date: (at, { months }) => {
      const [first, , , text] = months.findLast(([day]) => day <= at);
      return filled(text, { day: Math.floor(at - first) + 1 });
    },
    clock: (seconds, { clocks: [short, long] }) => {
      const at = Math.floor(seconds + 0.5);
      const zeros = (at < 3600 ? short : long).split(":");
      const numbers = [at / 3600, (at / 60) % 60, at % 60].map(Math.floor).slice(-zeros.length);
      return zeros.map((zero, i) => `${numbers[i]}`.padStart(zero.length, "0")).join(":");
    },
  };

  const name = (value, group) => formats[group.kind](value, group);

  class Chart {
    constructor(svg, group) {
      Object.assign(this, { svg, group });
      for (const name of ["plot", "cursor", "selection", "ticks"]) this[name] = svg.querySelector(`.${name}`);
      [this.left, this.length, this.height] = ["x", "width", "height"].map((name) => this.plot[name].baseVal.value);
      this.upright = svg.querySelectorAll("[data-x]");
      this.ends = this.ticks.dataset.up.split(" ");
      [this.width, this.across] = [svg.viewBox.baseVal.width, this.length];
    }

    // The plot is stretched over what the screen has room for; its own units stay.
    fit() {
      const { svg, plot, length } = this;
      const narrower = Math.min(0, svg.getBoundingClientRect().width / SMALLEST - this.width);
      this.across = Math.max(length / 4, length + narrower);
      svg.viewBox.baseVal.width = this.width - length + this.across;
      plot.setAttribute("width", this.across);
      for (const path of svg.querySelectorAll(".grid path")) {
        path.setAttribute("d", path.getAttribute("d").replace(/H.*/, `H${this.left + this.across}`));
      }
    }

    place(value) {
      const { low, high } = this.group.whole;
      return ((value - low) / (high - low)) * this.length;
    }

    // Where a pointer is between the axes, 0 to 1.
    part(clientX) {
      const box = this.svg.getBoundingClientRect();
      const x = ((clientX - box.left) / box.width) * this.svg.viewBox.baseVal.width;
      return Math.min(Math.max((x - this.left) / this.across, 0), 1);
    }

    value(event) {
      const { low, high } = this.group;
      return low + this.part(event.clientX) * (high - low);
    }

    show() {
      const { low, high, at } = this.group;
      const [from, to] = [this.place(low), this.place(high)];
      const zoom = this.across / (to - from);
      this.plot.setAttribute("viewBox", `${from} 0 ${to - from} ${this.height}`);
      for (const part of this.upright) {
        part.setAttribute("transform", `translate(${part.dataset.x} 0) scale(${1 / zoom} 1)`);
        part.setAttribute("visibility", part.dataset.room * zoom < 1 ? "hidden" : "visible");
      }
      const [top, bottom, below] = this.ends;
      const made = this.group.ticks().map(([value, label]) => {
        const x = (this.left + (this.place(value) - from) * zoom).toFixed(1);
        return `<path d="M${x} ${top}V${bottom}"/><text x="${x}" y="${below}">${label}</text>`;
      });
      this.ticks.innerHTML = made.join("");
      this.cursor.setAttribute("visibility", at === null ? "hidden" : "visible");
      if (at !== null) this.cursor.setAttribute("transform", `translate(${this.place(at)} 0)`);
    }

    select(from, to) {
      this.selection.setAttribute("x", Math.min(this.place(from), this.place(to)));
      this.selection.setAttribute("width", Math.abs(this.place(to) - this.place(from)));
    }
  }

  class Group {
    constructor(box, data) {
      Object.assign(this, data, { box, whole: { low: data.low, high: data.high }, at: null });
      this.columns = Object.fromEntries(Object.entries(data.columns).map(([k, v]) => [k, column(v)]));
      const x = new Set(data.readout.map((entry) => entry.x));
      this.stops = Float64Array.from(new Set([...x].flatMap((name) => Array.from(this.columns[name])))).sort();
      this.charts = Array.from(box.querySelectorAll("svg[data-group]"), (svg) => new Chart(svg, this));
      this.output = box.querySelector("output");
      box.tabIndex = 0;
      box.classList.add("live");
      for (const hidden of box.querySelectorAll("[hidden]")) hidden.hidden = false;
      for (const chart of this.charts) this.listen(chart);
      for (const button of box.querySelectorAll("[data-do]")) {
        button.addEventListener("click", () => this.act(button.dataset.do));
      }
      box.addEventListener("keydown", (event) => this.key(event));
      new ResizeObserver(() => this.fit()).observe(box);
      this.fit();
    }

    fit() {
      for (const chart of this.charts) chart.fit();
      const [{ across, length }] = this.charts;
      this.ticks_across = Math.max(3, Math.round((this.most_ticks * across) / length));
      this.update();
    }

    listen(chart) {
      const { svg } = chart;
      const fingers = new Map(); // on the chart, each with its place and the value that it took hold of
      let drag = null;
      const on = (name, heard) => svg.addEventListener(name, heard, { passive: false });
      on("pointerdown", (event) => {
        if (event.button !== 0) return;
        svg.setPointerCapture(event.pointerId);
        if (event.pointerType === "touch") {
          fingers.set(event.pointerId, { x: event.clientX, value: chart.value(event) });
          this.point(chart.value(event));
          if (fingers.size > 1) return void (drag = null);
        }
        const pans = event.shiftKey || event.pointerType === "touch";
        drag = { pans, from: chart.value(event), low: this.low, high: this.high, x: event.clientX };
      });
      on("pointermove", (event) => {
        const finger = fingers.get(event.pointerId);
        if (finger) finger.x = event.clientX;
        if (fingers.size === 2) return this.pinch(...[...fingers.values()].map((x) => [chart.part(x.x), x.value]));
        if (drag?.pans) {
          const width = (chart.across / svg.viewBox.baseVal.width) * svg.getBoundingClientRect().width;
          const by = ((drag.x - event.clientX) / width) * (drag.high - drag.low);
          this.show(drag.low + by, drag.high + by);
        } else if (drag) {
          for (const other of this.charts) other.select(drag.from, chart.value(event));
        }
        this.point(chart.value(event));
      });
      on("pointerup", (event) => {
        fingers.delete(event.pointerId);
        for (const other of this.charts) other.select(this.low, this.low);
        if (drag && !drag.pans && Math.abs(event.clientX - drag.x) > 5) {
          this.show(...[drag.from, chart.value(event)].sort((a, b) => a - b));
        }
        drag = null;
      });
      on("pointercancel", (event) => {
        fingers.delete(event.pointerId); // the page scrolls
        drag = null;
      });
      on("pointerleave", (event) => event.pointerType !== "touch" && this.point(null));
      on("dblclick", () => this.act("all"));
      on("wheel", (event) => {
        const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
        if (!event.ctrlKey && !event.metaKey && !sideways) return; // the page scrolls
        event.preventDefault();
        if (sideways) this.pan(event.deltaX / svg.clientWidth);
        else this.zoom(2 ** (event.deltaY / 200), chart.value(event));
      });
    }

    show(low, high) {
      const { whole } = this;
      const width = Math.min(Math.max(high - low, this.least), whole.high - whole.low);
      this.low = Math.min(Math.max((low + high - width) / 2, whole.low), whole.high - width);
      this.high = this.low + width;
      this.update();
    }

    bring(low, high) {
      this.show(low, high);
      this.box.scrollIntoView({ block: "start" });
      this.box.focus({ preventScroll: true });
    }

    // Each of two fingers keeps the value that it took hold of.
    pinch([part, value], [other, at]) {
      if (Math.abs(other - part) < APART) return;
      const width = (at - value) / (other - part);
      if (width > 0) this.show(value - part * width, value + (1 - part) * width);
    }

    zoom(factor, around) {
      this.show(around - (around - this.low) * factor, around + (this.high - around) * factor);
    }

    pan(part) {
      const by = part * (this.high - this.low);
      this.show(this.low + by, this.high + by);
    }

    act(what) {
      if (what === "all") this.show(this.whole.low, this.whole.high);
      else if (what === "left" || what === "right") this.pan(what === "left" ? -0.25 : 0.25);
      else this.zoom(what === "in" ? 0.5 : 2, this.at ?? (this.low + this.high) / 2);
    }

    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.box) return;
      const acts = { "+": "in", "=": "in", "-": "out", 0: "all", Escape: "all" };
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (by && event.shiftKey) this.pan(by / 4);
      else if (by) this.step((by * (this.high - this.low)) / 100);
      else if (event.key === "Home" || event.key === "End") this.point(event.key === "Home" ? this.low : this.high);
      else if (acts[event.key]) this.act(acts[event.key]);
      else return;
      event.preventDefault();
    }

    // By a step of the axis, or to the next place that has a value where those lie further apart.
    step(by) {
      const { stops } = this;
      if (!stops.length) return;
      const from = nearest(stops, this.at ?? (this.low + this.high) / 2);
      let to = nearest(stops, stops[from] + by);
      if (to === from) to = Math.min(Math.max(from + Math.sign(by), 0), stops.length - 1);
      const moved = stops[to] - stops[from];
      if (stops[to] < this.low || stops[to] > this.high) this.show(this.low + moved, this.high + moved);
      this.point(stops[to]);
    }

    point(at) {
      this.at = at === null || !this.stops.length ? at : this.stops[nearest(this.stops, at)];
      this.update();
    }

    update() {
      const zoom = (this.whole.high - this.whole.low) / (this.high - this.low);
      this.box.classList.toggle("close", zoom >= CLOSE);
      this.box.classList.toggle("near", zoom >= NEAR);
      for (const chart of this.charts) chart.show();
      this.output.replaceChildren(...this.said().flatMap((x) => [x, " "]));
    }

    ticks() {
      const { low, high, months } = this;
      const step = (steps, width) => steps.find((x) => x * this.ticks_across >= width) ?? steps.at(-1);
      if (months.length && high - low >= this.short_days) {
        const inside = months.filter(([day]) => day >= low && day <= high);
        const every = step(this.month_steps, inside.length);
        return inside.filter(([, , number]) => number % every === 0);
      }
      const by = step(this.steps, high - low);
      const first = Math.ceil(low / by - 1e-9);
      const count = Math.max(0, Math.floor(high / by + 1e-9) - first + 1);
      return Array.from({ length: count }, (_, i) => (first + i) * by).map((value) => [value, name(value, this)]);
    }

    said() {
      if (this.at === null) {
        const whole = this.low === this.whole.low && this.high === this.whole.high;
        const shown = filled(this.part, { low: name(this.low, this), high: name(this.high, this) });
        return [part("", whole ? this.rest : shown)];
      }
      const values = this.readout.map((entry) => {
        const i = nearest(this.columns[entry.x], this.at);
        const value = Math.abs(this.columns[entry.x][i] - this.at) <= this.near ? entry.texts[entry.at[i]] : entry.nothing;
        return value && part(entry.style, filled(entry.sentence, { value }));
      });
      const spans = this.spans.filter((span) => this.at >= span.low && this.at <= span.high);
      return [part("at", name(this.at, this)), ...values.filter(Boolean), ...spans.map((x) => part(x.style, x.label))];
    }
  }

  function part(style, text) {
    return Object.assign(document.createElement("span"), { className: style, textContent: text });
  }

  const data = JSON.parse(document.getElementById("data").textContent);
  const boxes = Array.from(document.querySelectorAll("[data-charts]"));
  const groups = new Map(boxes.map((box) => [box.dataset.charts, new Group(box, data[box.dataset.charts])]));
  for (const button of document.querySelectorAll("button[data-show]")) {
    const [name, low, high] = button.dataset.show.split(" ");
    button.hidden = false;
    button.addEventListener("click", () => groups.get(name).bring(Number(low), Number(high)));
  }
})();
