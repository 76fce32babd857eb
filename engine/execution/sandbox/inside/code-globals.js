/** What Code nodes find besides the language: the small part of Node that people use without thinking. */
const toBytes = {
  utf8: utf8Bytes,
  base64: bytesFromBase64,
  hex: (text) => (text.match(/[0-9a-f]{2}/gi) ?? []).map((pair) => parseInt(pair, 16)),
  latin1: (text) => [...text].map((character) => character.charCodeAt(0) & 255),
};
const fromBytes = {
  utf8: textFromUtf8,
  base64: base64FromBytes,
  base64url: (bytes) => base64FromBytes(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
  hex: (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  latin1: (bytes) => [...bytes].map((byte) => String.fromCharCode(byte)).join(''),
};
const ENCODING_ALIASES = { 'utf-8': 'utf8', binary: 'latin1', ascii: 'latin1' };

function encodingFor(table, name = 'utf8') {
  const lower = String(name).toLowerCase();
  const known = ENCODING_ALIASES[lower] ?? lower;
  if (known === 'base64url' && table === toBytes) return bytesFromBase64;
  if (!Object.hasOwn(table, known)) throw new TypeError(`Unknown encoding: ${name}`);
  return table[known];
}

class Buffer extends Uint8Array {
  static from(value, encoding) {
    if (typeof value === 'string') return new Buffer(encodingFor(toBytes, encoding)(value));
    return new Buffer(value instanceof ArrayBuffer ? value : (value?.data ?? value));
  }
  static alloc(size, fill = 0) { return new Buffer(size).fill(fill); }
  static isBuffer(value) { return value instanceof Buffer; }
  static byteLength(value, encoding) { return typeof value === 'string' ? Buffer.from(value, encoding).length : value.byteLength; }
  static concat(list, length = list.reduce((sum, part) => sum + part.length, 0)) {
    const joined = Buffer.alloc(length);
    let at = 0;
    for (const part of list) {
      joined.set(part.subarray(0, length - at), at);
      at += part.length;
    }
    return joined;
  }
  toString(encoding, start = 0, end = this.length) { return encodingFor(fromBytes, encoding)(this.subarray(start, end)); }
  toJSON() { return { type: 'Buffer', data: [...this] }; }
  equals(other) { return this.length === other.length && this.every((byte, at) => byte === other[at]); }
}

const MOST_CONSOLE_LINES = 1_000;
const LONGEST_CONSOLE_LINE = 10_000;

function consoleText(value) {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  try {
    return (typeof value === 'object' ? JSON.stringify(value) : undefined) ?? String(value);
  } catch {
    return '[not printable]';
  }
}

function consoleFor(lines) {
  const write = (...values) => {
    if (lines.length < MOST_CONSOLE_LINES) lines.push(values.map(consoleText).join(' ').slice(0, LONGEST_CONSOLE_LINE));
    else if (lines.length === MOST_CONSOLE_LINES) lines.push(`(more than ${MOST_CONSOLE_LINES} lines: the rest was not kept)`);
  };
  return Object.fromEntries(['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table'].map((name) => [name, write]));
}

/** Modules that Code nodes may require, by name: none yet. An entry here is all it takes to allow one. */
const allowedModules = new Map();

function requireModule(name) {
  if (allowedModules.has(name)) return allowedModules.get(name);
  const allowed = allowedModules.size === 0 ? 'none' : [...allowedModules.keys()].join(', ');
  throw new Error(`Cannot find module '${name}': Code nodes may require these modules: ${allowed}. Use built-in JavaScript, Buffer, DateTime or another node instead`);
}

/**
 * Timers go by a clock of their own: the host waits as long as `nextDelay` says, then calls `fire`. Nothing
 * of the host is called from in here.
 */
function timerQueue(onError) {
  const waiting = new Map();
  let clock = 0;
  let lastId = 0;
  const add = (repeat) => (action, delay = 0, ...given) => {
    const every = Math.max(Number(delay) || 0, 1);
    waiting.set((lastId += 1), { action, given, every, due: clock + every, repeat });
    return lastId;
  };
  const clear = (id) => void waiting.delete(id);
  const soonest = () => [...waiting.values()].reduce((least, timer) => Math.min(least, timer.due), Infinity);
  const fire = () => {
    clock = soonest();
    for (const [id, timer] of [...waiting]) {
      if (timer.due > clock) continue;
      if (timer.repeat) timer.due = clock + timer.every;
      else waiting.delete(id);
      try {
        timer.action(...timer.given);
      } catch (error) {
        onError(error);
      }
    }
  };
  const globals = { setTimeout: add(false), setImmediate: (action, ...given) => add(false)(action, 0, ...given), setInterval: add(true), clearTimeout: clear, clearInterval: clear, clearImmediate: clear };
  return { globals, fire, nextDelay: () => (waiting.size === 0 ? undefined : soonest() - clock) };
}
