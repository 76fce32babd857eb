/** Methods that expressions may call on arrays and objects. */
function isPlainObject(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const prototype = getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function sameValue(left, right) {
  if (Object.is(left, right)) return true;
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return false;
  if (left instanceof Date && right instanceof Date) return left.getTime() === right.getTime();
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && sameValue(left[key], right[key]));
}

/** Elements without later equals. Primitives go through a Set: comparing each with each is too slow for long lists. */
function distinct(list) {
  const primitives = new Set();
  const objects = [];
  return list.filter((element) => {
    if (element === null || typeof element !== 'object') return !primitives.has(element) && primitives.add(element);
    return !objects.some((other) => sameValue(other, element)) && objects.push(element);
  });
}

function holds(list, element) {
  return list.some((other) => sameValue(other, element));
}

function numbersOnly(name, list) {
  if (list.some((element) => typeof element !== 'number')) throw new ExpressionExtensionError(`${name}(): all array elements must be numbers`);
  return list;
}

function otherList(name, given) {
  if (!Array.isArray(given)) throw new ExpressionExtensionError(`${name}(): expected array arg, e.g. .${name}([1, 2, 3, 4])`);
  return given;
}

function isNothing(value) {
  return value === null || value === undefined || value === '' || value === 'nil';
}

function compactObject(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isNothing(value)).map(([key, value]) => [key, isPlainObject(value) ? compactObject(value) : value]));
}

function compactList(list) {
  return list.filter((element) => !isNothing(element) && !(isPlainObject(element) && Object.keys(element).length === 0)).map((element) => (isPlainObject(element) ? compactObject(element) : element));
}

function chunk(list, size) {
  if (typeof size !== 'number' || !(size >= 1)) throw new ExpressionExtensionError('chunk(): expected non-zero numeric arg, e.g. .chunk(5)');
  return Array.from({ length: Math.ceil(list.length / size) }, (_, position) => list.slice(position * size, (position + 1) * size));
}

function pluck(list, ...fields) {
  if (fields.length === 0) return list;
  const withField = list.filter((element) => isPlainObject(element) && fields.some((field) => Object.hasOwn(element, field)));
  return withField.map((element) => (fields.length === 1 ? element[fields[0]] : fields.filter((field) => Object.hasOwn(element, field)).map((field) => element[field])));
}

function removeDuplicates(list, ...given) {
  const fields = given.flat();
  if (fields.some((field) => typeof field !== 'string')) throw new ExpressionExtensionError('all arguments to removeDuplicates must be strings');
  if (fields.length === 0) return distinct(list);
  const seen = [];
  return list.filter((element) => {
    const values = fields.map((field) => element?.[field]);
    return !holds(seen, values) && seen.push(values);
  });
}

function smartJoin(list, keyField, valueField) {
  if (typeof keyField !== 'string' || typeof valueField !== 'string' || !keyField || !valueField) throw new ExpressionExtensionError('smartJoin(): expected two string args, e.g. .smartJoin("name", "value")');
  const joinable = list.filter((element) => isPlainObject(element) && Object.hasOwn(element, keyField) && Object.hasOwn(element, valueField));
  return Object.fromEntries(joinable.map((element) => [element[keyField], element[valueField]]));
}

function renameKeys(list, ...names) {
  if (names.length === 0 || names.length % 2 !== 0) throw new ExpressionExtensionError('renameKeys(): expected an even amount of args: from1, to1 [, from2, to2, ...]. e.g. .renameKeys("name", "title")');
  const renames = new Map(Array.from({ length: names.length / 2 }, (_, pair) => [names[pair * 2], names[pair * 2 + 1]]));
  return list.map((element) => (isPlainObject(element) ? Object.fromEntries(Object.entries(element).map(([key, value]) => [renames.get(key) ?? key, value])) : element));
}

/** All objects of both lists in one; the first value of a key stays. */
function mergeList(list, others) {
  const merged = {};
  for (const element of [...list, ...(others === undefined ? [] : otherList('merge', others))])
    if (isPlainObject(element)) for (const [key, value] of Object.entries(element)) if (!Object.hasOwn(merged, key)) merged[key] = value;
  return merged;
}

const total = (list) => list.reduce((sum, number) => sum + number, 0);
const nothing = () => undefined;
const withoutConversions = { toInt: nothing, toFloat: nothing, toNumber: nothing, toBoolean: nothing, toDateTime: nothing };

const arrayExtensions = {
  ...withoutConversions,
  isEmpty: (list) => list.length === 0,
  isNotEmpty: (list) => list.length > 0,
  first: (list) => list[0],
  last: (list) => list.at(-1),
  randomItem: (list) => list[Math.floor(Math.random() * list.length)],
  removeDuplicates,
  unique: removeDuplicates,
  pluck,
  sum: (list) => total(numbersOnly('sum', list)),
  min: (list) => Math.min(...numbersOnly('min', list)),
  max: (list) => Math.max(...numbersOnly('max', list)),
  average: (list) => (list.length === 0 ? 0 : total(numbersOnly('average', list)) / list.length),
  compact: compactList,
  smartJoin,
  chunk,
  renameKeys,
  merge: mergeList,
  union: (list, others) => distinct([...list, ...otherList('union', others)]),
  difference: (list, others) => distinct(list).filter((element) => !holds(otherList('difference', others), element)),
  intersection: (list, others) => distinct(list).filter((element) => holds(otherList('intersection', others), element)),
  append: (list, ...elements) => [...list, ...elements],
  toJsonString: (list) => JSON.stringify(list),
};

function withoutFields(object, drops) {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => !drops(key, value)));
}

const contains = (value, part) => typeof value === 'string' && value.includes(part);

function removeFieldsContaining(object, part) {
  if (typeof part !== 'string' || part === '') throw new ExpressionExtensionError('removeFieldsContaining(): expected non-empty string arg');
  return withoutFields(object, (_, value) => contains(value, part));
}

function keepFieldsContaining(object, part) {
  if (typeof part !== 'string' || part === '') throw new ExpressionExtensionError('argument of keepFieldsContaining must be a non-empty string');
  return withoutFields(object, (_, value) => !contains(value, part));
}

/** As in a submitted form: spaces become `+`. */
const formEncode = (text) => encodeURIComponent(String(text)).replace(/[!'()~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`).replaceAll('%20', '+');

const objectExtensions = {
  ...withoutConversions,
  isEmpty: (object) => Object.keys(object).length === 0,
  isNotEmpty: (object) => Object.keys(object).length > 0,
  hasField: (object, name) => Object.hasOwn(object, name),
  removeField: (object, name) => withoutFields(object, (key) => key === name),
  removeFieldsContaining,
  keepFieldsContaining,
  compact: compactObject,
  merge: (object, other) => ({ ...other, ...object }),
  urlEncode: (object) => Object.entries(object).map(([key, value]) => `${formEncode(key)}=${formEncode(value)}`).join('&'),
  keys: (object) => Object.keys(object),
  values: (object) => Object.values(object),
  toJsonString: (object) => JSON.stringify(object),
};
