// Cache, routes, quotas and use.

import {
  bytes, compact, countdown, dollars, duration, el, hourAndMinute, number, percent, plain, plural, replace, setText,
} from '/assets/format.js';

const LAYERS = { memory: 'Memory', redis: 'Redis', database: 'Disk' };
const MOST_GROUPS = 60;

const body = (id) => document.querySelector(`#${id} .body`);

/** What is told when a part has nothing to show, and what to do about it. */
const empty = (text, command) => el('p', { class: 'empty' }, text, command ? el('code', {}, command) : null);

/** A length of time that goes on by itself; `tick` sets it. */
const remaining = (until, before = '', after = '') => el('span', { 'data-until': until, 'data-before': before, 'data-after': after });

/** Sets every countdown. */
export function tick(now) {
  for (const node of document.querySelectorAll('[data-until]')) {
    const left = Number(node.dataset.until) - now;
    setText(node, left > 0 ? `${node.dataset.before}${countdown(left)}${node.dataset.after}` : 'any moment now');
  }
}

// Cache

export function showCache(store) {
  const report = store.cache;
  if (!report) return;
  const lookups = report.layers[0] ? report.layers[0].hits + report.layers[0].misses : 0;
  const parts = report.layers.map((layer) => ({ name: layer.layer, label: LAYERS[layer.layer] ?? layer.layer, count: layer.hits }));
  const stale = report.layers.reduce((sum, layer) => sum + layer.stale, 0);
  parts.push({ name: 'shared', label: 'Shared with an equal request', count: report.shared });
  parts.push({ name: 'stale', label: 'Past its time', count: stale });
  const answered = parts.reduce((sum, part) => sum + part.count, 0);
  const all = Math.max(lookups, answered);
  const shown = parts.filter((part) => part.count > 0);
  const lines = report.layers.map((layer) => el(
    'tr', {},
    el('th', { scope: 'row' }, LAYERS[layer.layer] ?? plain(layer.layer)),
    layer.problem
      ? el('td', { colspan: 3 }, el('span', { class: 'badge bad' }, '✕ away'), ` ${plain(layer.problem)}`)
      : [
        el('td', { class: 'number' }, number(layer.entries ?? 0)),
        el('td', { class: 'number' }, bytes(layer.bytes ?? 0)),
        el('td', { class: 'number' }, compact(layer.hits)),
      ],
    el('td', { class: 'number' }, duration(layer.ttl_ms)),
  ));
  const refused = Object.entries(report.not_kept ?? {}).filter(([, count]) => count > 0);
  const bar = el('div', { class: 'stack', 'aria-hidden': 'true' }, shown.map((part) => {
    const piece = el('i', { class: `c-${part.name}` });
    piece.style.width = `${(100 * part.count) / all}%`;
    return piece;
  }));
  replace(
    body('cache'),
    all === 0
      ? empty('Nothing has been looked up yet. Ask the same question twice: the second answer costs nothing.')
      : [
        el('p', { class: 'big' }, percent(answered / all)),
        el('p', { class: 'soft' }, `of ${plural(all, 'lookup')} answered without asking a provider`),
        bar,
        el('ul', { class: 'shares' }, shown.map((part) => el(
          'li', {}, el('span', { class: `swatch c-${part.name}`, 'aria-hidden': 'true' }), `${part.label} ${percent(part.count / all)}`,
        ))),
      ],
    el(
      'table', {},
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Layer'), ['Answers', 'Size', 'Hits', 'Serves for'].map(
        (name) => el('th', { scope: 'col', class: 'number' }, name),
      ))),
      el('tbody', {}, lines),
    ),
    refused.length ? el('p', { class: 'hint' }, `Not kept: ${refused.map(([reason, count]) => plain(`${reason} ${compact(count)}`)).join(', ')}.`) : null,
    report.tampered ? el('p', { class: 'error' }, `${plural(report.tampered, 'kept answer')} had been changed by somebody, and went unused.`) : null,
  );
}

// Routes

const STATES = {
  open: { label: '✕ open', level: 'bad', says: 'not asked' },
  half_open: { label: '◐ trying', level: 'warn', says: 'a few requests pass, to find out' },
  closed: { label: '✓ closed', level: 'good', says: '' },
};

// No circuit opens for that: the service is well, and a reset mends nothing.
const REFUSED = { label: '✕ key refused', level: 'bad', says: 'its provider refuses the gateway\'s key' };

/** @param reset called with a route's provider and model */
export function showRoutes(store, reset) {
  const now = store.now;
  const rank = (circuit) => (circuit.state === 'open' || circuit.key_refused ? 0 : circuit.state === 'half_open' ? 1 : (circuit.resumes ?? 0) > now ? 2 : circuit.failures ? 3 : 4);
  const list = [...store.circuits.values()].sort((one, other) => rank(one) - rank(other));
  const mayReset = (circuit) => rank(circuit) < 4 && (circuit.state !== 'closed' || rank(circuit) > 0);
  document.getElementById('reset-all').disabled = !list.some(mayReset);
  if (!list.length) {
    replace(body('routes'), empty('No route has been used yet. Each model at each provider gets a circuit with its first request.'));
    return;
  }
  replace(
    body('routes'),
    list.slice(0, MOST_GROUPS).map((circuit) => route(circuit, rank(circuit), now, mayReset(circuit) ? reset : null)),
    list.length > MOST_GROUPS ? el('p', { class: 'hint' }, `And ${number(list.length - MOST_GROUPS)} more, all well.`) : null,
  );
  tick(now);
}

function route(circuit, rank, now, reset) {
  const { provider, model } = circuit;
  const state = (circuit.key_refused ? REFUSED : STATES[circuit.state]) ?? { label: plain(circuit.state), level: 'soft', says: '' };
  const isPaused = rank === 2;
  const facts = [];
  if (circuit.success_rate !== undefined) facts.push(`${percent(circuit.success_rate)} answered of late`);
  if (circuit.answer_ms !== undefined) facts.push(`answers in ${duration(circuit.answer_ms)}`);
  if (circuit.first_content_ms !== undefined) facts.push(`streams begin in ${duration(circuit.first_content_ms)}`);
  if (circuit.failures) facts.push(`${plural(circuit.failures, 'failure')} in a row`);
  const says = [state.says, ...facts].filter(Boolean).join(' · ');
  return el(
    'div', { class: 'route' },
    el('h3', {}, plain(model), el('span', {}, ` at ${plain(provider)} `), el('span', { class: `badge ${isPaused ? 'warn' : state.level}` }, isPaused ? '❚❚ paused' : state.label)),
    el(
      'p', {},
      circuit.state === 'open' && circuit.opens ? [remaining(circuit.opens, 'tried again in ', ' · ')] : null,
      (circuit.resumes ?? 0) > now ? [remaining(circuit.resumes, 'paused by its provider for ', ' · ')] : null,
      says || 'nothing measured yet',
    ),
    reset ? el('button', {
      type: 'button', class: 'small', 'data-focus': `reset ${provider}\n${model}`,
      'aria-label': plain(`Reset ${model} at ${provider}`), onclick: () => reset(provider, model),
    }, 'Reset') : null,
  );
}

// Quotas

const amount = (unit, value) => (unit === 'money' ? dollars(value) : compact(value));

export function showQuotas(store) {
  const report = store.quota;
  if (!report) return;
  const groups = [
    ...report.quotas.map((quota) => ({ ...quota, name: quota.model, place: `at ${quota.provider}` })),
    ...report.keys.map((quota) => ({ ...quota, name: quota.key, place: 'key' })),
  ].filter((group) => group.limits.length || group.concurrent !== undefined);
  if (!groups.length) {
    replace(body('quotas'), empty('No model has a quota that is known. Say what your plan allows, and nothing is sent that would be refused:', 'providers:\n  - id: …\n    limits: { requests_per_minute: 30, requests_per_day: 1000 }'));
    return;
  }
  const least = (group) => Math.min(1, ...group.limits.map((line) => (line.limit ? line.left / line.limit : 0)));
  groups.sort((one, other) => least(one) - least(other));
  replace(
    body('quotas'),
    groups.slice(0, MOST_GROUPS).map((group) => el(
      'div', { class: 'group' },
      el('h3', {}, plain(group.name), el('span', {}, plain(group.place))),
      group.limits.map((line) => gauge(group, line)),
      group.concurrent === undefined ? null : el('p', { class: 'hint' }, `${number(group.in_flight)} of ${number(group.concurrent)} at once`),
    )),
    groups.length > MOST_GROUPS ? el('p', { class: 'hint' }, `And ${number(groups.length - MOST_GROUPS)} more, with more left.`) : null,
  );
  tick(store.now);
}

function gauge(group, line) {
  const unit = line.unit === 'money' ? '' : `${line.unit} `;
  const known = line.limit !== undefined;
  const share = known && line.limit > 0 ? line.left / line.limit : 0;
  const level = share === 0 ? 'bad' : share < 0.2 ? 'warn' : 'good';
  const left = known ? `${amount(line.unit, line.left)} of ${amount(line.unit, line.limit)} left` : `${amount(line.unit, line.used)} used`;
  const what = `${unit}per ${line.per}`;
  const back = Date.parse(line.closed_until ?? line.resets_at ?? '');
  const clock = Number.isNaN(back)
    ? el('span', { class: 'soft' }, 'unused')
    : el('span', { class: 'soft' }, remaining(back, line.reset === 'rolling' ? 'all back in ' : 'resets in ', back - Date.now() > 3_600_000 ? `, at ${hourAndMinute(back)}` : ''));
  const filled = el('i');
  filled.style.width = `${100 * share}%`;
  return el(
    'div', { class: 'gauge', 'data-level': level },
    el('p', {}, el('span', {}, el('b', {}, left), ` ${what}${line.learned ? ', as the provider said' : ''}`), clock),
    el('div', {
      class: 'track', role: 'meter', 'aria-label': plain(`${group.name}, ${what}`),
      'aria-valuemin': 0, 'aria-valuemax': known ? line.limit : 1, 'aria-valuenow': known ? line.left : 0, 'aria-valuetext': left,
    }, filled),
  );
}

// Use

export function showUsage(store) {
  const { usage } = store;
  if (!usage) return;
  const { total } = usage.models;
  if (!total.requests) {
    replace(body('usage'), empty('Nothing has been used today. Days begin at midnight, UTC.'));
    return;
  }
  const tokens = total.prompt_tokens + total.answer_tokens;
  replace(
    body('usage'),
    el('p', { class: 'big' }, cost(total)),
    el('p', { class: 'soft' }, `${plural(tokens, 'token')} in ${plural(total.requests, 'request')}${total.saved_tokens ? `; the cache saved ${compact(total.saved_tokens)} tokens` : ''}`),
    table('Model', usage.models.usage.map((row) => ({ ...row, name: row.model || 'nobody was asked' }))),
    table('Key', usage.keys.usage.map((row) => ({ ...row, name: row.key || 'without a key' }))),
  );
}

/** What is known of a cost; where a part of it is not, and the rest is next to nothing, a number would only mislead. */
function cost(row) {
  if (row.cost_is_complete) return dollars(row.cost_picodollars);
  if (!row.cost_picodollars) return 'price unknown';
  return row.cost_picodollars < 1e8 ? 'partly unknown' : `over ${dollars(row.cost_picodollars)}`;
}

function table(label, rows) {
  return el(
    'table', { class: 'use' },
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, label), ['Requests', 'Tokens', 'Cost'].map(
      (name) => el('th', { scope: 'col', class: 'number' }, name),
    ))),
    el('tbody', {}, rows.slice(0, MOST_GROUPS).map((row) => el(
      'tr', {},
      el('th', { scope: 'row' }, plain(row.name)),
      el('td', { class: 'number' }, compact(row.requests)),
      el('td', { class: 'number' }, compact(row.prompt_tokens + row.answer_tokens)),
      el('td', { class: 'number' }, cost(row)),
    ))),
  );
}
