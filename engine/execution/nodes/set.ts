/** Set ("Edit Fields"): names values for each item, on their own or over the item's other fields. */
import type { Item } from '../sandbox/port.ts';
import { NodeFault } from './fault.ts';
import { checkField, type FieldType } from './field-types.ts';
import { eachItem, type NodeCall, type NodeType } from './node-type.ts';
import { amount, anything, choice, flag, json, lists, options, text } from './parameters.ts';
import { copy, fieldNames, getPath, setPath, unsetPath } from './paths.ts';
import { parseRelaxedJson } from './relaxed-json.ts';
import type { Values } from './values.ts';

type Fields = Record<string, unknown>;
const early = { '@version': [3, 3.1, 3.2] };

export const setNode: NodeType = {
  types: ['n8n-nodes-base.set'],
  versions: [3, 3.1, 3.2, 3.3, 3.4],
  kind: 'pure',
  resolves: 'each',
  parameters: [
    choice('mode', 'manual', ['manual', 'raw']),
    flag('duplicateItem'),
    amount('duplicateCount', 0, { show: { duplicateItem: [true] } }),
    { ...json('jsonOutput', '{\n  "my_field_1": "value",\n  "my_field_2": 1\n}\n', { show: { mode: ['raw'] } }), pieces: true },
    lists(
      'fields',
      {
        values: [
          text('name'),
          choice('type', 'stringValue', ['stringValue', 'numberValue', 'booleanValue', 'arrayValue', 'objectValue']),
          text('stringValue', '', { show: { type: ['stringValue'] } }),
          text('numberValue', '', { show: { type: ['numberValue'] } }),
          anything('booleanValue', 'true', { show: { type: ['booleanValue'] } }),
          text('arrayValue', '', { show: { type: ['arrayValue'] } }),
          { ...json('objectValue', '={}', { show: { type: ['objectValue'] } }), pieces: true },
        ],
      },
      { show: { ...early, mode: ['manual'] } },
    ),
    anything('assignments', {}, { hide: early, show: { mode: ['manual'] } }),
    choice('include', 'all', ['all', 'none', 'selected', 'except'], { show: early }),
    flag('includeOtherFields', false, { hide: early }),
    choice('include', 'all', ['all', 'selected', 'except'], { hide: { ...early, '/includeOtherFields': [false] } }),
    text('includeFields', '', { show: { include: ['selected'] } }),
    text('excludeFields', '', { show: { include: ['except'] } }),
    options([
      flag('includeBinary', true, { hide: { '@version': [{ _cnd: { gte: 3.4 } }] } }),
      flag('stripBinary', true, { show: { '@version': [{ _cnd: { gte: 3.4 } }], '/includeOtherFields': [true] } }),
      flag('ignoreConversionErrors', false, { show: { '/mode': ['manual'] } }),
      flag('dotNotation', true),
    ]),
  ],
  async execute(call) {
    const items = await eachItem(call, (item, index, parameters) => duplicated(compose(call, { item, index }, parameters), call, parameters));
    return [items];
  },
};

/** More of one item than this is no test data any more. */
const MOST_DUPLICATES = 10_000;

/** Only in test runs, where it stands in for more input data. */
function duplicated(item: Item, call: NodeCall, parameters: Values): Item[] {
  const extra = parameters.flag('duplicateItem') && call.environment.mode === 'test' ? parameters.number('duplicateCount') : 0;
  if (extra > MOST_DUPLICATES) throw new NodeFault(`An item can be duplicated ${MOST_DUPLICATES} times at most; found ${extra}`);
  return Array.from({ length: 1 + extra }, () => copy(item));
}

function compose(call: NodeCall, { item, index }: { item: Item; index: number }, parameters: Values): Item {
  const version = call.node.typeVersion;
  const fields = parameters.text('mode') === 'raw' ? objectFrom(parameters.raw('jsonOutput'), "'JSON Output'", index) : manualFields(parameters, index, version);
  const dots = parameters.flag('options.dotNotation', true);
  const data = included(item, parameters, { dots, version });
  for (const [name, value] of Object.entries(fields)) if (dots) setPath(data, name, value); else data[name] = value;
  const binary = version >= 3.4 ? !parameters.flag('options.stripBinary') : parameters.flag('options.includeBinary');
  return { json: data, ...(binary && item.binary && { binary: item.binary }), pairedItem: { item: index } };
}

function included(item: Item, parameters: Values, { dots, version }: { dots: boolean; version: number }): Fields {
  const include = version >= 3.3 && !parameters.flag('includeOtherFields') ? 'none' : parameters.text('include', 'all');
  if (include === 'all') return copy(item.json);
  if (include === 'except') {
    const rest = copy(item.json);
    for (const name of fieldNames(parameters.raw('excludeFields'))) if (dots) unsetPath(rest, name); else delete rest[name];
    return rest;
  }
  if (include !== 'selected') return {};
  const selected: Fields = {};
  for (const name of fieldNames(parameters.raw('includeFields'))) {
    const value = dots ? getPath(item.json, name) : item.json[name];
    const target = dots && name.includes('.') && !Object.hasOwn(item.json, name) ? (name.split('.').pop() as string) : name;
    if (value !== undefined) selected[target] = copy(value);
  }
  return selected;
}

function manualFields(parameters: Values, item: number, version: number): Fields {
  const lenient = parameters.flag('options.ignoreConversionErrors');
  const fields: Fields = {};
  for (const { name, type, value } of entriesOf(parameters, version)) fields[name] = typed({ name, type, value: type === 'object' && version < 3.3 ? parsedObject(value, name, item) : value }, { lenient, item, version });
  return fields;
}

interface Entry {
  readonly name: string;
  readonly type: FieldType;
  readonly value: unknown;
}

function entriesOf(parameters: Values, version: number): Entry[] {
  if (version >= 3.3) return parameters.list<Entry>('assignments.assignments').map(({ name, type, value }) => ({ name: String(name ?? ''), type: type ?? 'string', value }));
  return parameters.list('fields.values').map((field) => {
    const kind = String(field['type']);
    return { name: String(field['name']), type: kind.replace('Value', '') as FieldType, value: field[kind] };
  });
}

function parsedObject(value: unknown, name: string, item: number): unknown {
  return typeof value === 'string' ? objectFrom(value, `entry "${name}" inside 'Fields to Set'`, item) : value;
}

function typed({ name, type, value }: Entry, { lenient, item, version }: { lenient: boolean; item: number; version: number }): unknown {
  let given = value;
  if (type === 'string') {
    if (version > 3 && (value === undefined || value === null)) return null;
    given = typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  const checked = checkField(name, given, type);
  if (checked.valid) return checked.value ?? null;
  if (lenient) return given ?? null;
  throw new NodeFault(`${checked.message} [item ${item}]`, {
    description: `To fix the error try to change the type for the field "${name}" or activate the option “Ignore Type Conversion Errors” to apply a less strict type validation`,
    context: { itemIndex: item },
  });
}

function objectFrom(value: unknown, place: string, item: number): Fields {
  const parsed = typeof value === 'string' ? parsedOrUndefined(value) : value;
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return copy(parsed) as Fields;
  throw new NodeFault(`The ${place} in item ${item} does not contain a valid JSON object`, { context: { itemIndex: item } });
}

function parsedOrUndefined(text: string): unknown {
  try {
    return parseRelaxedJson(text);
  } catch {
    return undefined;
  }
}

export const setLegacy: NodeType = {
  ...setNode,
  versions: [1, 2],
  parameters: [
    flag('keepOnlySet'),
    lists('values', {
      boolean: [text('name', 'propertyName'), flag('value')],
      number: [text('name', 'propertyName'), amount('value')],
      string: [text('name', 'propertyName'), text('value')],
    }),
    options([flag('dotNotation', true)]),
  ],
  execute: (call) => [call.items.map((item, index) => composeLegacy(item, index, call.at(index)))],
};

function composeLegacy(item: Item, index: number, parameters: Values): Item {
  const onlySet = parameters.flag('keepOnlySet');
  const data = onlySet ? {} : copy(item.json);
  const dots = parameters.flag('options.dotNotation', true);
  const entries = ['boolean', 'number', 'string'].flatMap((type) => parameters.list(`values.${type}`).map(({ name, value }) => ({ name: String(name), value: type === 'boolean' ? Boolean(value) : value })));
  for (const { name, value } of entries) if (dots) setPath(data, name, value); else data[name] = value;
  return { json: data, ...(!onlySet && item.binary && { binary: item.binary }), pairedItem: { item: index } };
}
