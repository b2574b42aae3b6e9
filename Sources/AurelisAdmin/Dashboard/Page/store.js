// What the page knows of the gateway.

const COUNTS = ['requests', 'failed', 'cancelled', 'memory', 'redis', 'database', 'stale', 'shared', 'tokens', 'cost_picodollars'];
const TIMES = ['p50_ms', 'p95_ms'];

const nothing = () => ({
  requests: 0, failed: 0, cancelled: 0, memory: 0, redis: 0, database: 0, stale: 0, shared: 0, tokens: 0, cost_picodollars: 0,
  p50_ms: null, p95_ms: null,
});

/** Answers that nobody was asked for. */
export const kept = (point) => point.memory + point.redis + point.database + point.stale + point.shared;

/** Requests whose callers waited for the end. */
export const awaited = (point) => point.requests - point.cancelled;

/** Stretches of time of one length, the oldest first. */
export class Series {
  constructor(length) {
    this.length = length;
    this.step = 1_000;
    this.start = 0;
    this.points = [];
  }

  /** Takes columns in: those of the whole series, or the latest of it. */
  merge(columns) {
    const { start_ms: start, step_ms: step } = columns;
    const count = columns.requests.length;
    if (!this.points.length || step !== this.step || start > this.end + this.length * step || start < this.start) {
      this.step = step;
      this.start = start;
      this.points = [];
    }
    for (let index = 0; index < count; index += 1) {
      const point = nothing();
      for (const name of COUNTS) point[name] = columns[name]?.[index] ?? 0;
      for (const name of TIMES) point[name] = columns[name]?.[index] ?? null;
      this.#put(start + index * step, point);
    }
  }

  #put(start, point) {
    const place = Math.round((start - this.start) / this.step);
    while (this.points.length < place) this.points.push(nothing());
    this.points[place] = point;
    const surplus = this.points.length - this.length;
    if (surplus > 0) {
      this.points.splice(0, surplus);
      this.start += surplus * this.step;
    }
  }

  /** When the last stretch ends. */
  get end() { return this.start + this.points.length * this.step; }

  /** The sum of the latest stretches. */
  sum(count) {
    const total = nothing();
    for (const point of this.points.slice(-count)) for (const name of COUNTS) total[name] += point[name];
    return total;
  }
}

export class Store {
  constructor() {
    this.seconds = new Series(300);
    this.minutes = new Series(1_440);
    this.active = { count: 0 };
    this.finished = nothing();
    this.since = 0;
    this.circuits = new Map();
    this.quota = null;
    this.cache = null;
    this.usage = null;
    this.health = null;
    this.connection = { state: 'waiting', reason: '', retry: 0 };
    /** How far the gateway's clock is ahead of this one. */
    this.ahead = 0;
    /** When something was last heard. */
    this.heard = 0;
  }

  /** The gateway's time of day. */
  get now() { return Date.now() + this.ahead; }

  takeStatistics(statistics) {
    this.ahead = statistics.time_ms - Date.now();
    if (statistics.since_ms) this.since = statistics.since_ms;
    this.active = statistics.active;
    this.finished = statistics.finished;
    this.seconds.merge(statistics.seconds);
    this.minutes.merge(statistics.minutes);
  }

  takeCircuits(list, isWhole) {
    if (isWhole) this.circuits.clear();
    for (const circuit of list) {
      const now = this.now;
      circuit.opens = circuit.open_for_ms === undefined ? null : now + circuit.open_for_ms;
      circuit.resumes = circuit.paused_for_ms === undefined ? null : now + circuit.paused_for_ms;
      this.circuits.set(`${circuit.provider}\n${circuit.model}`, circuit);
    }
  }

  /** Routes that are not asked now, or have just failed. */
  get trouble() {
    const now = this.now;
    return [...this.circuits.values()].filter(
      (circuit) => circuit.state !== 'closed' || circuit.key_refused || (circuit.resumes ?? 0) > now,
    );
  }
}
