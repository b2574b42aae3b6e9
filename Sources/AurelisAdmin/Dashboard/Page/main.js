// Puts the page together: what the gateway tells goes into the store, and from there to what shows it.

import { TimeChart, roundTime } from '/assets/chart.js';
import { Events, KeyNeeded, get } from '/assets/client.js';
import { InvalidateForm, KeyForm, announce, reset } from '/assets/controls.js';
import { Decisions } from '/assets/decisions.js';
import { countdown, dateAndTime, duration, plain, rate, setText } from '/assets/format.js';
import { showCache, showQuotas, showRoutes, showUsage, tick } from '/assets/panels.js';
import { Store, awaited, kept } from '/assets/store.js';
import { Summary } from '/assets/summary.js';
import { explain } from '/assets/trace.js';

const RECENT = 250;
const store = new Store();
const summary = new Summary();
const decisions = new Decisions(explain);
let range = 'seconds';

const latest = (column) => [...column].reverse().find((value) => value !== null) ?? null;
const requests = new TimeChart(document.getElementById('chart-requests'), {
  title: 'Requests a second',
  kind: 'areas',
  layers: [
    { name: 'kept', label: 'From the cache', value: (point, seconds) => kept(point) / seconds },
    { name: 'asked', label: 'From a model', value: (point, seconds) => (awaited(point) - point.failed - kept(point)) / seconds },
    { name: 'failed', label: 'Failed', value: (point, seconds) => point.failed / seconds },
  ],
  format: rate,
  nothing: 'No requests in this time.',
  summary: (columns, format) => {
    const totals = columns[0].map((_, at) => columns.reduce((sum, column) => sum + (column[at] ?? 0), 0));
    const failed = Math.max(0, ...columns[2]);
    return `Requests a second: now ${format(totals.at(-1))}, at most ${format(Math.max(...totals))}; failed at most ${format(failed)}.`;
  },
});
const latency = new TimeChart(document.getElementById('chart-latency'), {
  title: 'Time to the answer',
  kind: 'lines',
  layers: [
    { name: 'p50', label: 'Half within', value: (point) => point.p50_ms },
    { name: 'p95', label: '19 of 20 within', value: (point) => point.p95_ms },
  ],
  format: (value) => (value === 0 ? '0' : duration(value)),
  ceiling: roundTime,
  nothing: 'No answers in this time.',
  summary: ([half, most], format) => (latest(half) === null
    ? 'Time to the answer: no answers in this time.'
    : `Time to the answer: half within ${format(latest(half))}, 19 of 20 within ${format(latest(most))}; at most ${format(Math.max(...most))}.`),
});

// Drawing: as often as the screen can show it, and not at all while nobody looks.

const draws = {
  summary: () => summary.show(store),
  charts: () => {
    requests.show(store[range]);
    latency.show(store[range]);
  },
  cache: () => showCache(store),
  routes: () => showRoutes(store, (provider, model) => reset({ provider, model }, loadCircuits, locked)),
  quotas: () => showQuotas(store),
  usage: () => showUsage(store),
  connection: showConnection,
};
const due = new Set();

function show(...parts) {
  if (!due.size) {
    requestAnimationFrame(() => {
      const names = [...due];
      due.clear();
      for (const name of names) draws[name]();
    });
  }
  for (const part of parts) due.add(part);
}

function showConnection() {
  const { state, retry } = store.connection;
  document.getElementById('connection').dataset.state = state;
  setText(document.getElementById('connection-text'), {
    live: 'Live', waiting: 'Connecting', locked: 'Locked', lost: `Not connected, trying again in ${countdown(retry - Date.now())}`,
  }[state]);
  if (store.since) setText(document.getElementById('since'), `Counting since ${dateAndTime(store.since)}.`);
}

// Reading

const keyForm = new KeyForm(() => {
  connect('waiting');
  events.start();
});

function locked(reason) {
  events.stop();
  connect('locked', reason);
  keyForm.lock(reason);
}

function connect(state, reason = '', retry = 0) {
  store.connection = { state, reason, retry };
  show('connection', 'summary');
}

/** Reads something; what cannot be read stays as it was, and is said. */
async function load(path, take, ...parts) {
  try {
    take(await get(path));
    show(...parts, 'summary');
  } catch (error) {
    if (error instanceof KeyNeeded) locked(error.message);
    else announce(plain(`${path.split('?')[0]} cannot be read: ${error.message}`));
  }
}

const loadCircuits = () => load('/admin/circuits', ({ circuits }) => store.takeCircuits(circuits, true), 'routes');
const loadCache = () => load('/admin/cache', (report) => { store.cache = report; }, 'cache');

async function loadOlder(cursor) {
  await load(`/admin/requests?limit=1000&cursor=${encodeURIComponent(cursor)}`, (page) => {
    decisions.addOlder(page.requests);
    decisions.offerOlder(page.next_cursor ? () => loadOlder(page.next_cursor) : null);
  });
}

function loadEverything() {
  load('/admin/statistics', (statistics) => {
    store.takeStatistics(statistics);
    store.tasks = statistics.finished.by_task.map(({ task }) => task);
  }, 'charts', 'connection');
  load(`/admin/requests?limit=${RECENT}`, (page) => {
    decisions.reset(page.requests);
    decisions.offerOlder(page.next_cursor ? () => loadOlder(page.next_cursor) : null);
  });
  loadCircuits();
  loadCache();
  load('/admin/quota', (report) => { store.quota = report; }, 'quotas');
  loadUsage();
}

let usage = { readAt: 0, isOld: false };
async function loadUsage() {
  usage = { readAt: Date.now(), isOld: false };
  await load('/admin/usage?days=1&by=model', async (models) => {
    await load('/admin/usage?days=1&by=key', (keys) => { store.usage = { models, keys }; }, 'usage');
  });
}

const takes = {
  hello: ({ resumed }) => {
    keyForm.unlock();
    connect('live');
    if (!resumed) loadEverything();
  },
  requests: ({ requests: list, skipped }) => {
    decisions.add(list, skipped);
    usage.isOld = true;
  },
  statistics: (pulse) => {
    store.takeStatistics(pulse);
    show('charts', 'summary');
  },
  circuits: ({ circuits }) => {
    store.takeCircuits(circuits, false);
    show('routes', 'summary');
  },
  cache: (report) => {
    store.cache = report;
    show('cache');
  },
  quota: (report) => {
    store.quota = report;
    show('quotas', 'summary');
  },
  health: (report) => {
    store.health = report;
    show('summary');
  },
};

const events = new Events({
  onEvent: (name, data) => {
    store.heard = Date.now();
    takes[name]?.(data);
  },
  onState: (state, reason, retry) => {
    if (state === 'locked') locked(reason);
    else connect(state, reason, retry);
  },
});

// Steering

new InvalidateForm(store, loadCache, locked);
document.getElementById('reset-all').addEventListener('click', () => reset({}, loadCircuits, locked));
for (const button of document.querySelectorAll('[data-range]')) {
  button.addEventListener('click', () => {
    range = button.dataset.range;
    for (const other of document.querySelectorAll('[data-range]')) other.setAttribute('aria-pressed', other === button);
    show('charts');
  });
}

let rounds = 0;
setInterval(() => {
  tick(store.now);
  rounds += 1;
  const { state } = store.connection;
  if (state === 'lost') show('connection');
  if (state !== 'live') return;
  show('summary');
  if (usage.isOld && Date.now() - usage.readAt > 5_000) loadUsage();
  // A circuit that closes with time alone tells nobody; and how fast a route is changes all the time.
  if (rounds % 10 === 0) loadCircuits();
}, 1_000);

events.start();
