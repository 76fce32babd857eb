/**
 * Which JavaScript names an expression may use. Names of workflow data (`$json`, `$now`, ...) are not here: the
 * inside of the sandbox defines them and says so. Anything in no list does not exist for expressions.
 */

/** JavaScript's own, harmless when its prototypes are frozen. `Object` is replaced by a smaller one. */
export const nativeNames: ReadonlySet<string> = new Set([
  'undefined', 'NaN', 'Infinity', 'Array', 'Boolean', 'Number', 'BigInt', 'String', 'Symbol', 'Date', 'Math', 'JSON', 'RegExp', 'Intl',
  'Map', 'Set', 'WeakMap', 'WeakSet', 'ArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array',
  'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array',
  'Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError',
  'isNaN', 'isFinite', 'parseInt', 'parseFloat', 'encodeURI', 'encodeURIComponent', 'decodeURI', 'decodeURIComponent',
]);

/** Names that exist in a browser or in Node, and that expressions see as an empty object. */
export const emptiedNames: ReadonlySet<string> = new Set([
  'document', 'global', 'globalThis', 'Window', 'self', 'alert', 'prompt', 'confirm', 'eval', 'uneval', 'setTimeout', 'setInterval',
  'Function', 'fetch', 'XMLHttpRequest', 'Promise', 'Generator', 'GeneratorFunction', 'AsyncFunction', 'AsyncGenerator',
  'AsyncGeneratorFunction', 'WebAssembly', 'Reflect', 'Proxy', 'escape', 'unescape',
]);

/** Properties through which sandboxes are left; reading one is refused, by name and by computed name. */
export const unsafeProperties: readonly string[] = [
  '__proto__', 'prototype', 'constructor', 'getPrototypeOf', 'mainModule', 'binding', '_load', 'prepareStackTrace',
  '__lookupGetter__', '__lookupSetter__', '__defineGetter__', '__defineSetter__',
];

/** What rewritten expressions call the data and the runtime. */
export const DATA = '__hive_data';
export const RUNTIME = '__hive_runtime';

/** Not to be declared by an expression: our own two, and those that n8n reserves. */
export const reservedNames: ReadonlySet<string> = new Set([DATA, RUNTIME, '___n8n_data', '__sanitize']);
