// Numbers and times as people read them, and elements made without ever reading text as HTML.

const whole = new Intl.NumberFormat('en');
const compactNumber = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minuteTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const fullTime = new Intl.DateTimeFormat('en-GB', {
  year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
});

export const number = (value) => whole.format(value);
export const compact = (value) => (value < 10_000 ? whole.format(value) : compactNumber.format(value));
export const clock = (ms) => clockTime.format(ms);
export const hourAndMinute = (ms) => minuteTime.format(ms);
export const dateAndTime = (ms) => fullTime.format(ms);

export function percent(share) {
  const value = share * 100;
  if (value > 0 && value < 1) return '< 1 %';
  if (value > 99 && value < 100) return '> 99 %';
  return `${Math.round(value)} %`;
}

/** A share within a sentence. */
export function shareInWords(share) {
  if (share > 0 && share < 0.01) return 'fewer than 1 %';
  if (share > 0.99 && share < 1) return 'more than 99 %';
  return percent(share);
}

export function rate(value) {
  return value === 0 ? '0' : value < 10 ? value.toFixed(1) : compact(Math.round(value));
}

/** A length of time: `0.4 ms`, `340 ms`, `1.2 s`, `2 min 10 s`, `3 h 12 min`. */
export function duration(ms) {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return '–';
  if (ms === 0) return '< 1 ms';
  if (ms < 10) return `${ms < 0.1 ? ms.toFixed(2) : ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  return countdown(ms);
}

/** A time that is still to pass, in steps that can be watched. */
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const parts = (...each) => each.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`).join(' ');
  if (minutes < 60) return parts([minutes, 'min'], [seconds % 60, 's']);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return parts([hours, 'h'], [minutes % 60, 'min']);
  return `${Math.floor(hours / 24)} days`;
}

export function bytes(value) {
  if (value < 1_000) return `${value} B`;
  if (value < 1_000_000) return `${(value / 1_000).toFixed(1)} kB`;
  if (value < 1_000_000_000) return `${(value / 1_000_000).toFixed(1)} MB`;
  return `${(value / 1_000_000_000).toFixed(2)} GB`;
}

/** Picodollars as dollars. */
export function dollars(pico) {
  const value = pico / 1e12;
  if (value === 0) return '$0';
  if (value < 0.0001) return '< $0.0001';
  if (value < 1) return `$${value.toFixed(4)}`;
  return `$${value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

/** An element; what is given as text stays text. */
export function el(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function furnish(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

/** Sets a text only when it differs: what does not change is not announced again. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

/** Puts children in the place of others without losing the focus, when something in them has it and comes again. */
export function replace(parent, ...children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  parent.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (focused) parent.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** A name that came from elsewhere: control and direction characters are shown, not obeyed. */
export function plain(text) {
  return String(text).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '\ufffd');
}
