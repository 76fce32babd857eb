/**
 * The language's own objects, made safe before anything else loads. This file runs first: it collects every
 * intrinsic while nobody can have touched one, so that `hardenIntrinsics` can freeze exactly these.
 *
 * Why freezing and not a copy for each evaluation: a frozen prototype cannot be polluted, so one evaluation
 * has nothing to leave behind for the next, and the fast path stays the engine's own.
 */
const hostEval = globalThis.eval;
const NativeDate = globalThis.Date;
const { defineProperty, freeze, getOwnPropertyDescriptor, getPrototypeOf } = Object;
const { ownKeys } = Reflect;

/** Objects without a global name: what functions, generators and iterators inherit from. */
function unnamedIntrinsics() {
  const samples = [
    () => 0, async () => 0, function* () {}, async function* () {}, (function* () {})(), (async function* () {})(),
    [][Symbol.iterator](), new Map()[Symbol.iterator](), new Set()[Symbol.iterator](), ''[Symbol.iterator](),
    'a'.matchAll(/a/g), new Intl.Segmenter().segment('a')[Symbol.iterator](), Iterator.from({ next() {} }), [].values().map((x) => x),
  ];
  return samples.map(getPrototypeOf);
}

/** Every object reachable from the globals, always in the same order: snapshots refer to them by position. */
function collectIntrinsics() {
  const found = new Set();
  const waiting = [...ownKeys(globalThis).map((key) => getOwnPropertyDescriptor(globalThis, key).value), ...unnamedIntrinsics()];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (value === globalThis || value === null || (typeof value !== 'object' && typeof value !== 'function') || found.has(value)) continue;
    found.add(value);
    waiting.push(getPrototypeOf(value));
    for (const key of ownKeys(value)) {
      const property = getOwnPropertyDescriptor(value, key);
      waiting.push(property.value, property.get, property.set);
    }
  }
  return [...found];
}

const intrinsics = collectIntrinsics();

/** `(() => {}).constructor` and its three relatives would compile text; all four become this refusal. */
function refuseCompilation() {
  const kinds = [() => 0, async () => 0, function* () {}, async function* () {}].map(getPrototypeOf);
  for (const prototype of kinds) {
    const refusal = { Function: function () { throw new EvalError('Making code from text is not allowed here'); } }.Function;
    defineProperty(refusal, 'prototype', { value: prototype });
    defineProperty(prototype, 'constructor', { value: refusal, writable: false, configurable: false });
    intrinsics.push(refusal);
    if (prototype === Function.prototype) globalThis.Function = refusal;
  }
  globalThis.eval = globalThis.Function;
}

/** `Date` whose "now" is the job's: recorded with the run, so that a recomputation sees the same. */
function installDate(now) {
  const named = {
    Date: function (...parts) {
      if (new.target === undefined) return new NativeDate(now()).toString();
      return Reflect.construct(NativeDate, parts.length === 0 ? [now()] : parts, new.target);
    },
  };
  const { Date: ScopedDate } = named;
  defineProperty(ScopedDate, 'prototype', { value: NativeDate.prototype });
  defineProperty(ScopedDate, 'length', { value: 7 });
  for (const [name, value] of [['now', () => now()], ['parse', NativeDate.parse], ['UTC', NativeDate.UTC]])
    defineProperty(ScopedDate, name, { value, configurable: true, writable: true });
  defineProperty(NativeDate.prototype, 'constructor', { value: ScopedDate, configurable: true, writable: true });
  globalThis.Date = ScopedDate;
  intrinsics.push(ScopedDate, ...['now'].map((name) => ScopedDate[name]));
}

/**
 * On a frozen prototype, assigning `object.toString = ...` would fail although the object itself is open (the
 * "override mistake"). Data properties that people do assign become accessors which define on the receiver.
 */
function allowOverriding(prototype, names) {
  for (const name of names) {
    const property = getOwnPropertyDescriptor(prototype, name);
    if (!property?.configurable || !('value' in property)) continue;
    const get = { get: () => property.value }.get;
    const set = {
      set(value) {
        if (this === prototype) throw new TypeError(`Cannot assign to read only property '${String(name)}'`);
        defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
      },
    }.set;
    defineProperty(prototype, name, { get, set, enumerable: false, configurable: false });
    intrinsics.push(get, set);
  }
}

function removeAccessToPrototypes() {
  for (const name of ['__proto__', '__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__']) delete Object.prototype[name];
  delete Error.captureStackTrace;
}

/** Freezes all but the positions in `late`, which a new context still extends (freezing those ends the process). */
function hardenIntrinsics(late, further) {
  allowOverriding(Object.prototype, ['constructor', 'toString', 'toLocaleString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf', 'propertyIsEnumerable']);
  for (const prototype of [Error.prototype, TypeError.prototype, RangeError.prototype, SyntaxError.prototype, ReferenceError.prototype])
    allowOverriding(prototype, ['constructor', 'name', 'message', 'toString']);
  allowOverriding(Function.prototype, ['toString', 'call', 'apply', 'bind']);
  const postponed = new Set(late.map((position) => intrinsics[position]));
  for (const value of intrinsics) if (!postponed.has(value)) freeze(value);
  for (const value of further) freeze(value);
  return [...postponed];
}

/**
 * Last step, in the new context: closes what the snapshot had to leave open, and names that came after it.
 * Shared memory can block the thread, weak references show the collector, the engine's console is an inspector's.
 */
function closeContext(postponed) {
  for (const name of ['SharedArrayBuffer', 'WebAssembly', 'Atomics', 'WeakRef', 'FinalizationRegistry', 'console']) delete globalThis[name];
  for (const value of postponed) freeze(value);
  for (const name of ['Float16Array', 'SuppressedError', 'DisposableStack', 'AsyncDisposableStack']) {
    const value = globalThis[name];
    if (value !== undefined) freeze(value), freeze(value.prototype);
  }
  // The bindings too: our own code reads JSON, Map and the others from here.
  for (const name of ownKeys(globalThis)) {
    const { value } = getOwnPropertyDescriptor(globalThis, name);
    defineProperty(globalThis, name, { value, writable: false, configurable: false });
  }
}
