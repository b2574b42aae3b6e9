// How the gateway is, in words.

import {
  compact, countdown, dateAndTime, duration, el, percent, plain, plural, rate, replace, setText, shareInWords,
} from '/assets/format.js';
import { awaited, kept } from '/assets/store.js';

const STATES = {
  healthy: { sign: '✓', level: 'good', says: 'well' },
  degraded: { sign: '▲', level: 'warn', says: 'less than it should' },
  unhealthy: { sign: '✕', level: 'bad', says: 'unwell' },
  unknown: { sign: '·', level: 'soft', says: 'not tried yet' },
};

/** `{ level, title, detail, notes }` of what is known. */
export function verdict(store) {
  const { connection } = store;
  if (connection.state === 'locked') {
    return { level: 'waiting', title: 'Locked', detail: 'This gateway shows itself to whoever has its admin key.', notes: [] };
  }
  if (connection.state === 'waiting' && !store.heard) {
    return { level: 'waiting', title: 'One moment …', detail: '', notes: [] };
  }
  if (connection.state === 'lost') {
    return {
      level: 'bad',
      title: 'Not connected',
      detail: `${sentence(connection.reason)} What is shown below is as it was. It is tried again by itself.`,
      notes: [],
    };
  }
  const notes = [...unwell(store), ...blocked(store), ...spent(store)];
  const recent = store.seconds.sum(300);
  const failing = failures(store.seconds.sum(60), recent);
  if (failing?.level === 'bad') return { ...failing, notes };
  if (store.health?.status === 'unhealthy') {
    return { level: 'bad', title: 'The gateway is unwell', detail: traffic(recent), notes };
  }
  if (failing) return { ...failing, notes };
  const trouble = store.trouble.length;
  if (trouble) {
    const open = store.trouble.filter((circuit) => circuit.state !== 'closed' || circuit.key_refused).length;
    const title = open ? `${plural(open, 'route')} not to be relied on` : `${plural(trouble, 'route')} paused`;
    return { level: 'warn', title, detail: traffic(recent), notes };
  }
  if (notes.length) {
    return {
      level: 'warn', title: store.health?.status === 'degraded' ? 'Working, with less than it should' : 'Working, with a limit in sight',
      detail: traffic(recent), notes,
    };
  }
  if (!store.finished.requests && !recent.requests) {
    return { level: 'good', title: 'Ready', detail: 'Nothing has been asked yet. As soon as a tool asks, it shows here.', notes };
  }
  const title = recent.failed ? 'Well, but for a few requests' : 'All is well';
  return { level: 'good', title, detail: traffic(recent), notes };
}

const MANY = 0.1;
const WHY = 'The decisions below tell why.';

/**
 * What is said when requests fail; null when hardly any did.
 *
 * Title and sentence are about the same minutes: the last one while there was anything in it, else all five.
 */
function failures(minute, recent) {
  const [now, all] = [awaited(minute), awaited(recent)];
  if (now >= 3 && minute.failed === now) return nothing(now, 'the last minute');
  if (now >= 10 && minute.failed >= MANY * now) {
    const detail = `${compact(minute.failed)} of ${plural(now, 'request')} failed in the last minute. ${WHY}`;
    return { level: 'warn', title: 'Many requests fail', detail };
  }
  if (!recent.failed || recent.failed < MANY * all) return null;
  if (recent.failed === all && all >= 3) return nothing(all, 'the last five minutes');
  const some = `${compact(recent.failed)} of ${plural(all, 'request')} failed in the last five minutes`;
  if (now && minute.failed < MANY * now) {
    const latest = minute.failed ? `${compact(minute.failed)} of ${compact(now)}` : 'none';
    return { level: 'warn', title: 'Requests are answered again', detail: `${some}, ${latest} in the last one. ${WHY}` };
  }
  const title = all < 10 ? (recent.failed === 1 ? 'A request failed' : 'Some requests failed') : 'Many requests fail';
  return { level: 'warn', title, detail: `${some}. ${WHY}` };
}

const nothing = (count, time) => ({
  level: 'bad', title: 'Nothing is answered', detail: `All ${plural(count, 'request')} of ${time} failed. ${WHY}`,
});

const sentence = (text) => (text ? `${text[0].toUpperCase()}${text.slice(1)}.` : '');

function traffic(recent) {
  if (!recent.requests) return 'Nobody has asked in the last five minutes.';
  const parts = [`${plural(recent.requests, 'request')} in the last five minutes`];
  const share = kept(recent) / recent.requests;
  if (recent.cancelled) parts.push(`${shareInWords(recent.cancelled / recent.requests)} given up by their callers`);
  if (share > 0) parts.push(`${shareInWords(share)} answered from the cache`);
  parts.push(recent.failed ? `${shareInWords(recent.failed / awaited(recent))} failed` : 'none failed');
  return `${parts.join(', ')}.`;
}

/** Components that their gateway calls unwell. */
function unwell(store) {
  return Object.entries(store.health?.components ?? {})
    .filter(([, component]) => ['degraded', 'unhealthy'].includes(component.status))
    .map(([name, component]) => plain(`${name}: ${component.reason ?? component.status}`));
}

function blocked(store) {
  const now = store.now;
  const list = store.trouble.map((circuit) => {
    const name = plain(`${circuit.model} at ${circuit.provider}`);
    if (circuit.key_refused) return `${name} refuses the gateway's key: mend it where the provider is configured.`;
    if (circuit.state === 'open') return `${name} is not asked: it failed again and again. It is tried in ${countdown((circuit.opens ?? now) - now)}.`;
    if (circuit.state === 'half_open') return `${name} is being tried after an outage.`;
    return `${name} is not asked for ${countdown(circuit.resumes - now)}: its provider wants a pause.`;
  });
  return list.length > 4 ? [...list.slice(0, 4), `And ${list.length - 4} more, below.`] : list;
}

/** Quotas that are used up. */
function spent(store) {
  const list = [];
  for (const quota of store.quota?.quotas ?? []) {
    for (const line of quota.limits) {
      if (line.per !== 'day' || line.left !== 0) continue;
      const back = Date.parse(line.closed_until ?? line.resets_at ?? '');
      const when = Number.isNaN(back) ? '' : `, back in ${countdown(back - store.now)}`;
      list.push(plain(`${quota.model} at ${quota.provider}: the day's ${line.unit} are used up${when}.`));
    }
  }
  return list.length > 4 ? [...list.slice(0, 4), `And ${list.length - 4} more, below.`] : list;
}

export class Summary {
  constructor() {
    this.section = document.getElementById('state');
    this.title = document.getElementById('state-title');
    this.detail = document.getElementById('state-detail');
    this.notes = document.getElementById('state-notes');
    this.figures = document.getElementById('figures');
    this.components = document.getElementById('components');
    this.health = null;
    this.values = new Map();
    for (const [name, label] of [
      ['rate', 'Requests a second'], ['answered', 'Answered'], ['kept', 'From the cache'], ['time', 'Time to the answer'],
      ['active', 'Under way'],
    ]) {
      const value = document.createTextNode('–');
      const note = el('small');
      this.values.set(name, { value, note });
      this.figures.append(el('div', {}, el('dt', {}, label), el('dd', {}, value, note)));
    }
  }

  show(store) {
    const { level, title, detail, notes } = verdict(store);
    this.section.dataset.level = level;
    setText(this.title, title);
    setText(this.detail, detail);
    this.notes.hidden = !notes.length;
    if (notes.join('\n') !== [...this.notes.children].map((note) => note.textContent).join('\n')) {
      replace(this.notes, notes.map((note) => el('li', {}, note)));
    }
    document.title = { good: 'Aurelis', warn: '▲ Aurelis', bad: '■ Aurelis', waiting: 'Aurelis' }[level];
    this.#showFigures(store);
    this.#showComponents(store);
  }

  #showComponents(store) {
    if (store.health === this.health) return;
    this.health = store.health;
    const components = Object.entries(store.health?.components ?? {});
    this.components.hidden = !components.length;
    replace(this.components, components.map(([name, { status, since }]) => {
      const { sign, level, says } = STATES[status] ?? { sign: '·', level: 'soft', says: plain(status) };
      return el(
        'li', { class: `badge ${level}`, title: `since ${dateAndTime(Date.parse(since))}` },
        el('span', { 'aria-hidden': 'true' }, sign), `${plain(name)}: ${says}`,
      );
    }));
  }

  #showFigures(store) {
    const recent = store.seconds.sum(300);
    const latest = store.seconds.sum(10);
    const asked = awaited(recent);
    const share = (count) => (asked ? percent(count / asked) : '–');
    const point = [...store.minutes.points].reverse().find((each) => each.p50_ms !== null);
    this.#set('rate', rate(latest.requests / 10), 'in the last 10 s');
    this.#set('answered', share(asked - recent.failed), 'of 5 minutes');
    this.#set('kept', share(kept(recent)), 'of 5 minutes');
    this.#set('time', point ? duration(point.p50_ms) : '–', point ? `19 of 20 within ${duration(point.p95_ms)}` : 'no answer yet');
    const { active } = store;
    this.#set('active', compact(active.count), active.count ? `for ${duration(active.average_ms)} on average` : 'right now');
  }

  #set(name, value, note) {
    const entry = this.values.get(name);
    if (entry.value.data !== value) entry.value.data = value;
    setText(entry.note, note);
  }
}
