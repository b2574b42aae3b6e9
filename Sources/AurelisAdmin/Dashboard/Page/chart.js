// Charts over time, drawn as SVG: no more elements than the picture has parts, whatever there is to draw.

import { clock, el, hourAndMinute, replace, setAttribute, setText, svg } from '/assets/format.js';

const MARGIN = { left: 46, right: 6, top: 8, bottom: 22 };
/** Between a value of the scale and its line. */
const GAP = 7;
const SCALE = [0, 0.5, 1];

/** The least 1, 2 or 5 with zeros that a value does not exceed. */
export function roundNumber(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

/** Minutes that are round, and whose halves are. */
const MINUTES = [1, 2, 4, 10, 20, 60, 120, 240];

/** The same for milliseconds, which from a minute on are not counted by ten. */
export function roundTime(ms) {
  if (ms <= 50_000) return roundNumber(ms);
  const minutes = MINUTES.find((each) => each * 60_000 >= ms) ?? 60 * roundNumber(ms / 3_600_000);
  return minutes * 60_000;
}

export class TimeChart {
  /**
   * @param figure where it goes
   * @param title what it shows
   * @param kind `areas`, one upon the other, or `lines`
   * @param layers `{ name, label, value(point, seconds) }`: null where there is no value
   * @param format a value in words
   * @param ceiling the least round value that one does not exceed
   * @param nothing what is said when there is nothing to draw
   * @param summary what a screen reader hears, of all values of the layers
   */
  constructor(figure, { title, kind, layers, format, ceiling = roundNumber, nothing, summary }) {
    Object.assign(this, { kind, layers, format, ceiling, nothing, summary });
    this.series = null;
    this.at = null;
    this.left = MARGIN.left;
    this.values = layers.map(() => el('b'));
    this.when = el('span', { class: 'when' });
    const swatch = kind === 'lines' ? 'swatch line' : 'swatch';
    const legend = el('ul', { class: 'legend' }, layers.map((layer, index) => el(
      'li', {},
      el('span', { class: `${swatch} c-${layer.name}${layer.name === 'p95' ? ' dashed' : ''}`, 'aria-hidden': 'true' }),
      layer.label, this.values[index],
    )));
    this.drawing = svg('svg', { role: 'img', focusable: 'false' });
    this.scale = SCALE.map(() => ({ line: svg('line', { class: 'gridline' }), text: svg('text', { 'text-anchor': 'end' }) }));
    this.times = svg('g');
    const marks = this.scale.flatMap(({ line, text }) => [line, text]);
    this.grid = svg('g', { 'aria-hidden': 'true' }, marks, this.times);
    this.shapes = layers.map((layer) => svg('path', { class: `${kind === 'areas' ? 'area' : 'line'}-${layer.name}` }));
    this.dots = kind === 'lines' ? layers.map((layer) => svg('path', { class: `dot-${layer.name}` })) : [];
    this.cursor = svg('line', { class: 'cursor', visibility: 'hidden' });
    this.drawing.append(this.grid, ...this.shapes, ...this.dots, this.cursor);
    this.message = el('p', { class: 'nothing', hidden: true });
    this.plot = el('div', { class: 'plot' }, this.drawing, this.message);
    figure.append(el('figcaption', {}, el('h3', {}, title), this.when, legend), this.plot);
    this.plot.addEventListener('pointermove', (event) => this.#point(event));
    this.plot.addEventListener('pointerleave', () => { this.at = null; this.draw(); });
    new ResizeObserver(() => this.draw()).observe(this.plot);
  }

  show(series) {
    this.series = series;
    this.draw();
  }

  #point(event) {
    const box = this.plot.getBoundingClientRect();
    const width = box.width - this.left - MARGIN.right;
    this.at = Math.min(1, Math.max(0, (event.clientX - box.left - this.left) / width));
    this.draw();
  }

  /**
   * The values of each layer, at most about one for every two pixels.
   *
   * Stretches are put together by the clock, not by their place: what moves to the left does not change on its way.
   */
  #columns(width) {
    const { points, start, step } = this.series;
    const size = Math.max(1, Math.ceil(points.length / Math.max(60, width / 2)));
    const columns = this.layers.map(() => []);
    const first = (size - (Math.round(start / step) % size)) % size;
    for (let from = first; from < points.length; from += size) {
      const group = points.slice(from, from + size);
      this.layers.forEach((layer, index) => {
        const values = group.map((point) => layer.value(point, step / 1_000)).filter((value) => value !== null);
        if (!values.length) columns[index].push(null);
        else if (this.kind === 'lines') columns[index].push(Math.max(...values));
        else columns[index].push(values.reduce((sum, value) => sum + value, 0) / values.length);
      });
    }
    return { columns, size, start: start + first * step };
  }

  draw() {
    const width = this.plot.clientWidth;
    const height = this.plot.clientHeight;
    if (!this.series?.points.length || !width) return;
    const { columns, size, start } = this.#columns(width - MARGIN.left - MARGIN.right);
    const count = columns[0].length;
    const totals = columns[0].map((_, at) => (this.kind === 'areas'
      ? columns.reduce((sum, column) => sum + (column[at] ?? 0), 0)
      : Math.max(0, ...columns.map((column) => column[at] ?? 0))));
    const most = Math.max(...totals);
    const top = this.ceiling(most);
    this.#label(top);
    const inner = { width: width - this.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
    const x = (at) => this.left + (count === 1 ? 0 : (at / (count - 1)) * inner.width);
    const y = (value) => MARGIN.top + inner.height * (1 - value / top);
    setAttribute(this.drawing, 'viewBox', `0 0 ${width} ${height}`);
    this.#drawGrid(top, x, y, width, height, count, size, start);
    const base = new Array(count).fill(0);
    columns.forEach((column, index) => {
      const shape = this.kind === 'areas' ? area(column, base, x, y) : line(column, x, y);
      setAttribute(this.shapes[index], 'd', shape);
      if (this.dots.length) setAttribute(this.dots[index], 'd', dots(column, x, y));
    });
    this.message.hidden = most > 0;
    setText(this.message, most > 0 ? '' : this.nothing);
    this.#read(columns, count, size, start, x, height);
    setAttribute(this.drawing, 'aria-label', this.summary(columns, this.format));
  }

  /** Writes the scale, and makes room for the longest of its values: a length of time can take many words. */
  #label(top) {
    this.scale.forEach(({ text }, index) => setText(text, this.format(top * SCALE[index])));
    const widest = Math.max(...this.scale.map(({ text }) => text.getComputedTextLength()));
    this.left = Math.max(MARGIN.left, Math.ceil(widest) + GAP);
  }

  #drawGrid(top, x, y, width, height, count, size, start) {
    const { step } = this.series;
    const parts = [];
    this.scale.forEach(({ line, text }, index) => {
      const level = Math.round(y(top * SCALE[index])) + 0.5;
      const places = { x1: this.left, x2: width - MARGIN.right, y1: level, y2: level };
      for (const [name, place] of Object.entries(places)) setAttribute(line, name, place);
      setAttribute(text, 'x', this.left - GAP);
      setAttribute(text, 'y', level + 4);
    });
    const span = count * size * step;
    const spacing = width < 420 ? 2 : 1;
    const tick = (span > 3_600_000 ? 4 * 3_600_000 : 60_000) * spacing;
    // The day's hours are those of the place where the page is read.
    const offset = span > 3_600_000 ? new Date(start).getTimezoneOffset() * 60_000 : 0;
    for (let time = Math.ceil((start - offset) / tick) * tick + offset; time < start + span; time += tick) {
      const place = x((time - start) / step / size);
      if (place < this.left + 12 || place > width - MARGIN.right - 12) continue;
      parts.push(svg('text', { x: place, y: height - 5, 'text-anchor': 'middle' }, hourAndMinute(time)));
    }
    this.times.replaceChildren(...parts);
  }

  /** The values beside the names: those at the pointer, or the latest. */
  #read(columns, count, size, start, x, height) {
    const pointed = this.at !== null;
    const at = pointed ? Math.round(this.at * (count - 1)) : count - 1;
    columns.forEach((column, index) => setText(this.values[index], column[at] === null ? '–' : this.format(column[at])));
    const { step } = this.series;
    const time = start + at * size * step;
    setText(this.when, pointed ? `at ${step < 60_000 ? clock(time) : hourAndMinute(time)}` : '');
    this.cursor.setAttribute('visibility', pointed ? 'visible' : 'hidden');
    if (pointed) {
      for (const name of ['x1', 'x2']) this.cursor.setAttribute(name, x(at));
      this.cursor.setAttribute('y1', MARGIN.top);
      this.cursor.setAttribute('y2', height - MARGIN.bottom);
    }
  }
}

const fixed = (value) => value.toFixed(1);

/** A band upon what is below it, which it becomes a part of. */
function area(column, base, x, y) {
  if (!column.some((value) => value > 0)) return '';
  const lower = base.map((value, at) => `${fixed(x(at))},${fixed(y(value))}`).reverse();
  column.forEach((value, at) => { base[at] += value ?? 0; });
  const upper = base.map((value, at) => `${fixed(x(at))},${fixed(y(value))}`);
  return `M${upper.join('L')}L${lower.join('L')}Z`;
}

const DOT = 3;

/** What a line cannot show: values between two gaps. */
function dots(column, x, y) {
  return column.map((value, at) => {
    if (value === null || (column[at - 1] ?? null) !== null || (column[at + 1] ?? null) !== null) return '';
    return `M${fixed(x(at) - DOT)},${fixed(y(value))}a${DOT},${DOT} 0 1 0 ${2 * DOT},0a${DOT},${DOT} 0 1 0 ${-2 * DOT},0`;
  }).join('');
}

/** A line with gaps where there is nothing. */
function line(column, x, y) {
  let path = '';
  let isDrawing = false;
  column.forEach((value, at) => {
    if (value === null) {
      isDrawing = false;
      return;
    }
    const place = `${fixed(x(at))},${fixed(y(value))}`;
    path += isDrawing ? `L${place}` : `M${place}`;
    isDrawing = true;
  });
  return path;
}
