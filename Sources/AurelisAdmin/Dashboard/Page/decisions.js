// The latest requests: a table of which only what is in view has elements, however many there are.

import { clock, compact, duration, el, number, plain, plural, setText } from '/assets/format.js';

const ROW = 40;
const MOST = 10_000;
const AROUND = 8;

const OUTCOMES = {
  answered: ['good', '✓', 'answered'],
  interrupted: ['warn', '!', 'broke off'],
  cancelled: ['soft', '–', 'caller left'],
};

/** A record as the table needs it, from a whole one or a brief one. */
function entry(record) {
  const attempts = record.attempt_count ?? record.attempts.filter((attempt) => attempt.purpose !== 'shared').length;
  const usage = record.usage;
  return {
    id: record.id,
    time: record.time_ms,
    asked: plain(record.model_requested ?? 'auto'),
    used: record.model_used ? plain(record.model_used) : '',
    provider: plain(record.provider ?? ''),
    key: plain(record.tenant ?? ''),
    task: plain(record.task),
    outcome: plain(record.outcome),
    cache: cacheWord(record.cache),
    attempts,
    took: record.duration_ms,
    tokens: record.tokens ?? (usage ? usage.prompt_tokens + usage.completion_tokens : null),
    words: null,
  };
}

function cacheWord(status) {
  if (!status) return '';
  const layer = plain(/layer=(\w+)/.exec(status)?.[1] ?? '');
  if (status.startsWith('hit')) return layer;
  if (status.startsWith('stale')) return `${layer}, stale`;
  return status.startsWith('shared') ? 'shared' : '';
}

const COLUMNS = [
  ['time', 'Time', (row) => clock(row.time)],
  ['model', 'Asked for → answered by', null],
  ['task', 'Task', (row) => row.task],
  ['outcome', 'Outcome', null],
  ['cache', 'Cache', (row) => row.cache || '–'],
  ['attempts', 'Attempts', (row) => number(row.attempts)],
  ['duration', 'Took', (row) => duration(row.took)],
  ['tokens', 'Tokens', (row) => (row.tokens === null ? '–' : compact(row.tokens))],
];
const NUMBERS = new Set(['attempts', 'duration', 'tokens']);

export class Decisions {
  #all = [];
  #known = new Set();
  #waiting = [];
  #shown = [];
  #rows = [];
  #current = 0;
  #isHovered = false;
  #frame = 0;
  #skipped = 0;
  #hasMore = null;
  #isLooking = false;

  /** @param open called with the name of a request that is to be explained */
  constructor(open) {
    this.open = open;
    this.grid = document.getElementById('decisions-grid');
    this.count = document.getElementById('decisions-count');
    this.news = document.getElementById('decisions-news');
    this.text = document.getElementById('filter-text');
    this.outcome = document.getElementById('filter-outcome');
    this.above = spacer();
    this.below = spacer();
    this.rows = el('tbody', {}, this.above.row, this.below.row);
    this.table = el(
      'table', { 'aria-labelledby': 'decisions-title' },
      el('thead', {}, el('tr', { 'aria-rowindex': 1 }, COLUMNS.map(([name, label]) => el(
        'th', { scope: 'col', class: `w-${name}${NUMBERS.has(name) ? ' number' : ''}` }, label,
      )))),
      this.rows,
    );
    this.empty = el('p', { class: 'empty' });
    this.older = el('p', { class: 'more', hidden: true }, el('button', { type: 'button', class: 'small', onclick: () => this.#lookBack() }));
    this.grid.append(this.table, this.empty, this.older);
    this.grid.addEventListener('scroll', () => this.#schedule());
    this.grid.addEventListener('keydown', (event) => this.#move(event));
    this.rows.addEventListener('click', (event) => {
      const row = this.#rows.find((each) => each.node === event.target.closest('tr'));
      if (row?.entry && !getSelection().toString()) this.open(row.entry.id);
    });
    this.rows.addEventListener('pointerenter', (event) => { this.#isHovered = event.pointerType === 'mouse'; });
    this.rows.addEventListener('pointerleave', () => { this.#isHovered = false; this.#admit(); });
    this.grid.addEventListener('focusout', () => setTimeout(() => this.#admit()));
    this.news.addEventListener('click', () => this.#toTop());
    this.text.addEventListener('input', () => this.#filter());
    this.outcome.addEventListener('change', () => this.#filter());
    document.getElementById('filter').addEventListener('submit', (event) => event.preventDefault());
    new ResizeObserver(() => this.#schedule()).observe(this.grid);
  }

  /** How many there are. */
  get total() { return this.#all.length + this.#waiting.length; }

  /** Begins anew with what the gateway remembers. */
  reset(records) {
    this.#all = [];
    this.#waiting = [];
    this.#known.clear();
    this.#skipped = 0;
    this.add(records);
    this.#take();
  }

  /** Takes requests in, the newest first; those that are read now are not moved away under the reader's eyes. */
  add(records, skipped = 0) {
    this.#skipped += skipped;
    const fresh = [];
    for (const record of records) {
      if (this.#known.has(record.id)) continue;
      this.#known.add(record.id);
      fresh.push(entry(record));
    }
    if (!fresh.length) return;
    fresh.sort((one, other) => other.time - one.time);
    this.#waiting = fresh.concat(this.#waiting);
    this.#admit();
  }

  /** Takes older ones in, below the others. */
  addOlder(records) {
    for (const record of records) {
      if (this.#known.has(record.id) || this.#all.length >= MOST) continue;
      this.#known.add(record.id);
      this.#all.push(entry(record));
    }
    this.#filter();
  }

  /** @param more brings older ones; null when there are none */
  offerOlder(more) {
    this.#hasMore = more;
    this.#filter();
  }

  /** Brings older ones, until one of them is as wanted; the focus stays where it was. */
  async #lookBack() {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#filter();
    const shown = this.#shown.length;
    let known;
    do {
      known = this.#all.length;
      await this.#hasMore?.();
    } while (this.#hasOlder && this.#shown.length === shown && this.#all.length > known);
    this.#isLooking = false;
    this.#filter();
  }

  /** Whether there are requests that could be here, and are not. */
  get #hasOlder() { return this.#hasMore !== null && this.#all.length < MOST; }

  get #isRead() {
    return this.#isHovered || this.grid.scrollTop > ROW / 2 || this.grid.contains(document.activeElement);
  }

  #admit() {
    if (!this.#waiting.length) return;
    if (this.#isRead && this.#all.length) {
      if (this.#waiting.length > MOST) this.#forget(this.#waiting.splice(MOST));
      this.news.hidden = false;
      setText(this.news, `${compact(this.#waiting.length)} new: show`);
      return;
    }
    this.#take();
  }

  #take() {
    const fresh = this.#waiting;
    this.#waiting = [];
    this.news.hidden = true;
    this.#all = fresh.concat(this.#all);
    if (this.#all.length > MOST) this.#forget(this.#all.splice(MOST));
    this.#filter();
  }

  #forget(entries) {
    for (const each of entries) this.#known.delete(each.id);
  }

  #toTop() {
    this.grid.scrollTop = 0;
    this.#current = 0;
    this.#take();
    this.#focus(0);
  }

  #matches(row, words, outcome) {
    if (outcome === 'answered' && row.outcome !== 'answered') return false;
    if (outcome === 'failed' && row.outcome === 'answered') return false;
    if (outcome === 'eventful' && row.attempts < 2) return false;
    if (outcome === 'kept' && !row.cache) return false;
    if (!words.length) return true;
    row.words ??= [row.id, row.asked, row.used, row.provider, row.key, row.task, row.outcome, row.cache].join(' ').toLowerCase();
    return words.every((word) => row.words.includes(word));
  }

  #filter() {
    const words = this.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const outcome = this.outcome.value;
    const isWhole = !words.length && !outcome;
    this.#shown = isWhole ? this.#all : this.#all.filter((row) => this.#matches(row, words, outcome));
    // What is not here was not looked through, and what is here is not all.
    const all = this.#hasMore === null && this.#all.length < MOST
      ? plural(this.#all.length, 'request') : `the newest ${plural(this.#all.length, 'request')}`;
    const count = isWhole ? (this.#all.length ? all : '') : `${number(this.#shown.length)} of ${all}`;
    setText(this.count, this.#skipped ? `${count}; ${compact(this.#skipped)} came too fast to be listed` : count);
    this.empty.hidden = this.#shown.length > 0;
    this.grid.classList.toggle('is-empty', !this.#shown.length);
    this.older.hidden = !this.#hasOlder;
    const button = this.older.firstChild;
    button.setAttribute('aria-disabled', this.#isLooking);
    setText(button, this.#isLooking ? 'Looking …' : isWhole ? 'Show older ones' : 'Look further back');
    setText(this.empty, this.#all.length
      ? (this.#hasOlder ? `None of ${all} is like that; there are older ones.`
        : `None of ${all} is like that. Change the search, or choose another outcome.`)
      : 'Nothing has been asked yet. Point a tool at the gateway, or run “aurelis ask”: what is decided shows here.');
    this.table.setAttribute('aria-rowcount', this.#shown.length + 1);
    this.#schedule();
  }

  #schedule() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  /** Fills the rows that are in view. */
  #draw() {
    const height = this.grid.clientHeight;
    const wanted = Math.min(this.#shown.length, Math.ceil(height / ROW) + 2 * AROUND);
    const first = Math.max(0, Math.min(Math.floor(this.grid.scrollTop / ROW) - AROUND, this.#shown.length - wanted));
    while (this.#rows.length < wanted) {
      const row = new Row();
      this.#rows.push(row);
      this.below.row.before(row.node);
    }
    while (this.#rows.length > wanted) this.#rows.pop().node.remove();
    const focused = this.#rows.find((row) => row.node.contains(document.activeElement))?.entry?.id;
    this.#current = Math.min(this.#current, Math.max(0, this.#shown.length - 1));
    const reachable = Math.min(Math.max(this.#current, first), first + wanted - 1);
    let holder = null;
    this.#rows.forEach((row, place) => {
      const index = first + place;
      row.show(this.#shown[index], index, index === reachable);
      if (focused && row.entry.id === focused) holder = row;
    });
    this.above.set(first * ROW);
    this.below.set((this.#shown.length - first - wanted) * ROW);
    if (holder && !holder.node.contains(document.activeElement)) holder.button.focus({ preventScroll: true });
  }

  #move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || !event.target.closest('tbody')) return;
    event.preventDefault();
    const from = this.#rows.find((row) => row.node.contains(event.target))?.index ?? this.#current;
    this.#focus(Math.min(this.#shown.length - 1, Math.max(0, from + step)));
  }

  #focus(index) {
    if (!this.#shown.length) return;
    this.#current = index;
    const top = index * ROW;
    const view = this.grid.clientHeight - 2 * ROW;
    if (top < this.grid.scrollTop) this.grid.scrollTop = top;
    else if (top > this.grid.scrollTop + view) this.grid.scrollTop = top - view;
    this.#draw();
    this.#rows.find((row) => row.index === index)?.button.focus({ preventScroll: true });
  }
}

/** A row that shows one request after another. */
class Row {
  entry = null;
  index = -1;

  constructor() {
    this.button = el('button', { type: 'button', class: 'link' });
    this.sign = el('span', { 'aria-hidden': 'true' });
    this.word = el('span', { class: 'word' });
    this.badge = el('span', { class: 'badge' }, this.sign, this.word);
    this.cells = COLUMNS.map(([name]) => el('td', { class: `c-${name}${NUMBERS.has(name) ? ' number' : ''}` }));
    this.cells[1].append(this.button);
    this.cells[3].append(this.badge);
    this.node = el('tr', {}, this.cells);
  }

  show(entry, index, isReachable) {
    this.index = index;
    this.button.tabIndex = isReachable ? 0 : -1;
    this.node.setAttribute('aria-rowindex', index + 2);
    if (this.entry === entry) return;
    this.entry = entry;
    COLUMNS.forEach(([, , text], place) => { if (text) setText(this.cells[place], text(entry)); });
    const way = entry.used && entry.used !== entry.asked ? `${entry.asked} → ${entry.used}` : entry.asked;
    setText(this.button, way);
    this.button.title = entry.provider ? `${way} at ${entry.provider}` : way;
    const [level, sign, word] = OUTCOMES[entry.outcome] ?? ['bad', '✕', entry.outcome.replaceAll('_', ' ')];
    this.badge.className = `badge ${level}`;
    setText(this.sign, sign);
    setText(this.word, word);
  }
}

/** Stands for the rows that are not in view. */
function spacer() {
  const cell = el('td');
  const row = el('tr', { class: 'space', 'aria-hidden': 'true' }, cell);
  row.hidden = true;
  return {
    row,
    set(height) {
      row.hidden = height <= 0;
      cell.style.height = `${Math.max(0, height)}px`;
    },
  };
}
