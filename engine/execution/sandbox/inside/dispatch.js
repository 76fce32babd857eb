/**
 * Where rewritten method calls arrive: `value.name(...)` with a name from one of the tables. The table of the
 * value's type decides first, then the value's own method, then the two methods that even nothing has.
 */
const extensionTables = { String: stringExtensions, Array: arrayExtensions, Object: objectExtensions, Number: numberExtensions, Boolean: booleanExtensions, Date: dateExtensions };
const genericExtensions = { isEmpty: isEmptyValue, isNotEmpty: (value) => !isEmptyValue(value) };
const extensionNames = [...new Set(Object.values(extensionTables).flatMap((table) => Object.keys(table)))];

function typeForExtensions(value) {
  switch (typeof value) {
    case 'string': return 'String';
    case 'number': return 'Number';
    case 'boolean': return 'Boolean';
    case 'object': break;
    default: return undefined;
  }
  if (value === null) return undefined;
  if (Array.isArray(value)) return 'Array';
  if (value instanceof Date || isDateTime(value)) return 'Date';
  if (value instanceof String) return 'String';
  return isPlainObject(value) ? 'Object' : undefined;
}

function callMethod(value, name, given) {
  const type = typeForExtensions(value);
  const table = extensionTables[type];
  if (table !== undefined && Object.hasOwn(table, name) && !(type === 'Object' && typeof value[name] === 'function')) return table[name](type === 'String' ? String(value) : value, ...given);
  if (value !== undefined && value !== null && typeof value[name] === 'function') return value[name](...given);
  if (Object.hasOwn(genericExtensions, name)) return genericExtensions[name](value);
  if (value === undefined || value === null)
    throw new ExpressionExtensionError(`${name}() can't be used on ${value} value`, { description: `To go on when there is no value, put a ? before it, as in my_field?.${name}()` });
  const types = Object.keys(extensionTables).filter((candidate) => Object.hasOwn(extensionTables[candidate], name));
  throw new ExpressionExtensionError(`${name}() is only callable on types ${types.map((candidate) => `"${candidate}"`).join(', ')}`);
}

const REFUSED_KEYS = new Set(UNSAFE_PROPERTIES);

/** A computed property name, turned into a key once, so that it cannot say one thing here and another later. */
function safeKey(value) {
  if (typeof value === 'number' || typeof value === 'symbol') return value;
  const key = String(value);
  if (REFUSED_KEYS.has(key)) throw new ExpressionError(`Cannot access "${key}" due to security concerns`);
  return key;
}

/** What rewritten expressions call; they reach it by a name that they cannot declare themselves. */
const runtime = freeze({
  __proto__: null,
  call: callMethod,
  chain: (value, name, given) => (value === undefined || value === null ? undefined : callMethod(value, name, given())),
  given: (list) => () => list,
  key: safeKey,
  missing(name) { throw new ReferenceError(`${name} is not defined`); },
  nothing: freeze({}),
});
