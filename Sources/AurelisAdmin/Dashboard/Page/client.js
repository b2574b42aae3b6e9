// What the gateway is asked, with the key if it wants one, and what it tells by itself.

const storage = 'aurelis-admin-key';

/** The gateway wants an admin key, or another one. */
export class KeyNeeded extends Error {}

/** The gateway refused, with its reason. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// A tab's own memory: it outlives a reload, not the tab, and no other tab sees it.
export const key = {
  get: () => sessionStorage.getItem(storage),
  set: (value) => sessionStorage.setItem(storage, value),
  forget: () => sessionStorage.removeItem(storage),
};

async function send(path, options = {}) {
  const headers = { ...options.headers };
  const present = key.get();
  if (present) headers.authorization = `Bearer ${present}`;
  const response = await fetch(path, { cache: 'no-store', ...options, headers });
  if (response.ok) return response;
  let message = `the gateway answers ${response.status}`;
  try {
    message = (await response.json()).error.message;
  } catch { /* The number has to do. */ }
  if (response.status === 401) throw new KeyNeeded(message);
  throw new Refused(response.status, message);
}

/** Reads; whoever is silent for ten seconds is not waited for. */
export async function get(path) {
  const response = await send(path, { signal: AbortSignal.timeout(10_000) });
  return response.json();
}

export async function post(path, parameters = {}) {
  const query = new URLSearchParams(parameters).toString();
  const response = await send(query ? `${path}?${query}` : path, { method: 'POST', signal: AbortSignal.timeout(30_000) });
  return response.json();
}

/**
 * Server-sent events, read by hand: `EventSource` cannot send a key.
 *
 * Comes back by itself, from where it was, after 1, 2, 4 and at most 15 seconds; says so through `onState`.
 */
export class Events {
  #last = '';
  #failures = 0;
  #abort = null;
  #timer = 0;

  constructor({ onEvent, onState }) {
    this.onEvent = onEvent;
    this.onState = onState;
  }

  start() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = new AbortController();
    this.#run(this.#abort);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = null;
  }

  async #run(abort) {
    let reason = 'the gateway has ended the connection';
    try {
      const headers = { accept: 'text/event-stream' };
      if (this.#last) headers['last-event-id'] = this.#last;
      const response = await send('/admin/events', { headers, signal: abort.signal });
      this.#failures = 0;
      await this.#read(response, abort);
    } catch (error) {
      if (abort.signal.aborted && this.#abort !== abort) return;
      if (error instanceof KeyNeeded) return this.onState('locked', error.message);
      if (error instanceof Refused) reason = error.message;
      else if (abort.signal.aborted) reason = 'the gateway has been silent for too long';
      else reason = 'the gateway cannot be reached';
    }
    if (this.#abort !== abort) return;
    const wait = Math.min(15_000, 1_000 * 2 ** this.#failures);
    this.#failures += 1;
    this.onState('lost', reason, Date.now() + wait);
    this.#timer = setTimeout(() => this.start(), wait);
  }

  async #read(response, abort) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    let watchdog = 0;
    try {
      for (;;) {
        // A connection that died without a word is silent; a live one says something every second.
        watchdog = setTimeout(() => abort.abort(), 30_000);
        const { done, value } = await reader.read();
        clearTimeout(watchdog);
        if (done) return;
        text += value;
        let end;
        while ((end = text.indexOf('\n\n')) >= 0) {
          this.#take(text.slice(0, end));
          text = text.slice(end + 2);
        }
      }
    } finally {
      clearTimeout(watchdog);
    }
  }

  #take(block) {
    let name = 'message';
    let data = '';
    for (const line of block.split('\n')) {
      if (line.startsWith('id: ')) this.#last = line.slice(4);
      else if (line.startsWith('event: ')) name = line.slice(7);
      else if (line.startsWith('data: ')) data += line.slice(6);
    }
    if (!data) return;
    // What goes wrong in showing an event is no fault of the connection.
    try { this.onEvent(name, JSON.parse(data)); } catch (error) { reportError(error); }
  }
}
