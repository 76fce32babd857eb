/** Nodes that begin an execution: what triggered it arrives as their input and leaves unchanged. */
import { DateTime } from 'luxon';
import type { NodeType } from './node-type.ts';
import { amount, anything, choice, date, flag, json, lists, options, text, type Parameter } from './parameters.ts';

const httpMethods = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'];

function start(types: readonly string[], versions: readonly number[], parameters: readonly Parameter[] = []): NodeType {
  return { types, versions, kind: 'pure', resolves: 'first', parameters, execute: ({ inputs }) => [inputs[0] ?? []] };
}

export const manualTrigger = start(['n8n-nodes-base.manualTrigger', 'n8n-nodes-base.start'], [1]);

export const executeWorkflowTrigger = start(['n8n-nodes-base.executeWorkflowTrigger'], [1, 1.1], [
  choice('inputSource', 'workflowInputs', ['workflowInputs', 'jsonExample', 'passthrough'], { show: { '@version': [{ _cnd: { gte: 1.1 } }] } }),
  anything('workflowInputs', {}),
  json('jsonExample'),
]);

export const errorTrigger = start(['n8n-nodes-base.errorTrigger'], [1]);

export const chatTrigger = start(['@n8n/n8n-nodes-langchain.chatTrigger', '@n8n/n8n-nodes-langchain.manualChatTrigger'], [1, 1.1, 1.2, 1.3, 1.4]);

export const formTrigger = start(['n8n-nodes-base.formTrigger'], [1, 2, 2.1, 2.2, 2.3, 2.4, 2.5], [text('formTitle'), anything('formFields', {}), anything('options', {})]);

export const webhook: NodeType = {
  ...start(['n8n-nodes-base.webhook'], [1, 1.1, 2, 2.1], [
    flag('multipleMethods'),
    choice('httpMethod', 'GET', httpMethods, { show: { multipleMethods: [false] } }),
    { name: 'httpMethod', type: 'multiOptions', default: ['GET', 'POST'], options: httpMethods, show: { multipleMethods: [true] } },
    text('path'),
    choice('authentication', 'none', ['basicAuth', 'headerAuth', 'jwtAuth', 'none']),
    choice('responseMode', 'onReceived', ['onReceived', 'lastNode', 'responseNode', 'streaming']),
    amount('responseCode', 200, { show: { '@version': [1, 1.1] }, hide: { responseMode: ['responseNode'] } }),
    choice('responseData', 'firstEntryJson', ['allEntries', 'firstEntryJson', 'firstEntryBinary', 'noData'], { show: { responseMode: ['lastNode'] } }),
    text('responseBinaryPropertyName', 'data', { show: { responseData: ['firstEntryBinary'] } }),
    anything('options', {}),
  ]),
  // One output a method; the item names the method that it came by.
  shape: (parameters) => ({ outputs: parameters.flag('multipleMethods') ? parameters.list('httpMethod').length : 1 }),
  execute({ inputs, at }) {
    const items = inputs[0] ?? [];
    const methods = at(0).flag('multipleMethods') ? at(0).list<string>('httpMethod') : [];
    if (methods.length < 2) return [items];
    return methods.map((method, index) => items.filter(({ json: request }) => (methods.includes(String(request['method'])) ? request['method'] === method : index === 0)));
  },
};

const intervals = lists('rule', {
  interval: [
    choice('field', 'days', ['seconds', 'minutes', 'hours', 'days', 'weeks', 'months', 'cronExpression']),
    amount('secondsInterval', 30, { show: { field: ['seconds'] } }),
    amount('minutesInterval', 5, { show: { field: ['minutes'] } }),
    amount('hoursInterval', 1, { show: { field: ['hours'] } }),
    amount('daysInterval', 1, { show: { field: ['days'] } }),
    amount('weeksInterval', 1, { show: { field: ['weeks'] } }),
    amount('monthsInterval', 1, { show: { field: ['months'] } }),
    amount('triggerAtDayOfMonth', 1, { show: { field: ['months'] } }),
    anything('triggerAtDay', [0], { show: { field: ['weeks'] } }),
    amount('triggerAtHour', 0, { show: { field: ['days', 'weeks', 'months'] } }),
    amount('triggerAtMinute', 0, { show: { field: ['hours', 'days', 'weeks', 'months'] } }),
    text('expression', '', { show: { field: ['cronExpression'] } }),
  ],
}, { default: { interval: [{ field: 'days' }] } });

/** Which moment fired is told by the item; started by hand, that is the moment of the step. */
export const scheduleTrigger: NodeType = {
  ...start(['n8n-nodes-base.scheduleTrigger'], [1, 1.1, 1.2, 1.3], [intervals]),
  execute({ inputs, environment }) {
    const items = inputs[0] ?? [];
    if (items.some(({ json: fired }) => Object.keys(fired).length > 0)) return [items];
    return [[{ json: momentOf(environment.now, environment.timezone) }]];
  },
};

function momentOf(now: number, timezone: string): Record<string, unknown> {
  const at = DateTime.fromMillis(now, { zone: timezone }).setLocale('en-US');
  const offset = at.toFormat('ZZ');
  return {
    timestamp: at.toISO(),
    'Readable date': `${at.toFormat('MMMM d')}${ordinal(at.day)} ${at.toFormat('yyyy, h:mm:ss')} ${at.toFormat('a').toLowerCase()}`,
    'Readable time': `${at.toFormat('h:mm:ss')} ${at.toFormat('a').toLowerCase()}`,
    'Day of week': at.toFormat('EEEE'),
    Year: at.toFormat('yyyy'),
    Month: at.toFormat('MMMM'),
    'Day of month': at.toFormat('dd'),
    Hour: at.toFormat('HH'),
    Minute: at.toFormat('mm'),
    Second: at.toFormat('ss'),
    Timezone: `${timezone} (UTC${offset})`,
  };
}

function ordinal(day: number): string {
  const teens = day % 100 >= 11 && day % 100 <= 13;
  return teens ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
}

export const cron = start(['n8n-nodes-base.cron', 'n8n-nodes-base.interval'], [1], [
  anything('triggerTimes', {}),
  amount('interval', 1),
  choice('unit', 'seconds', ['seconds', 'minutes', 'hours']),
  date('startAt'),
  options([]),
]);
