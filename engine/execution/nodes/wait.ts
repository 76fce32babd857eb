/**
 * Wait: how long, as a number that the run loop can act on, and what leaves when the time is over. Sleeping here is
 * for short waits; longer ones belong out of memory.
 */
import { NodeFault } from './fault.ts';
import { parseDate } from './field-types.ts';
import type { NodeType } from './node-type.ts';
import { amount, anything, choice, date, flag, type Parameter, type Visibility } from './parameters.ts';
import type { Values } from './values.ts';

const unitMs: Record<string, number> = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

/** From this length on n8n takes a waiting execution out of memory. */
export const LONG_WAIT_MS = 65_000;

export const wait: NodeType = {
  types: ['n8n-nodes-base.wait'],
  versions: [1, 1.1],
  kind: 'wait',
  resolves: 'first',
  parameters: [
    choice('resume', 'timeInterval', ['timeInterval', 'specificTime', 'webhook', 'form']),
    date('dateTime', '', { required: true, show: { resume: ['specificTime'] } }),
    ...interval(1, 'hours', { show: { '@version': [1] } }),
    ...interval(5, 'seconds', { hide: { '@version': [1] } }),
    flag('limitWaitTime', false, { show: { resume: ['webhook', 'form'] } }),
    anything('options', {}),
  ],
  async execute(call) {
    const { clock } = call.services;
    // From the recorded start of the step: a step that a crash interrupted does not wait all over again.
    const until = call.environment.now + waitMs(call.at(0), call.environment);
    await clock.sleep(Math.max(0, until - clock.now()), call.environment.signal);
    return [call.inputs[0] ?? []];
  },
};

function interval(value: number, unit: string, version: { show?: Visibility; hide?: Visibility }): Parameter[] {
  const visibility = { ...version, show: { resume: ['timeInterval'], ...version.show } };
  return [amount('amount', value, visibility), choice('unit', unit, Object.keys(unitMs), visibility)];
}

/** Milliseconds from `now` until the node's items go on; 0 when the moment has passed. Throws NodeFault for waits that end by a call. */
export function waitMs(parameters: Values, { now, timezone }: { now: number; timezone: string }): number {
  const resume = parameters.text('resume', 'timeInterval');
  if (resume === 'timeInterval') return intervalMs(parameters);
  if (resume !== 'specificTime') throw new NodeFault(`Waiting until a ${resume} is called is not supported: it needs a resume endpoint. Wait for a time instead.`);
  const value = parameters.raw('dateTime');
  const moment = parseDate(value, timezone);
  if (!moment) throw new NodeFault('[Wait node] Cannot put execution to wait because `dateTime` parameter is not a valid date. Please pick a specific date and time to wait until.');
  return Math.max(0, moment.toMillis() - now);
}

function intervalMs(parameters: Values): number {
  const count = parameters.number('amount', 1);
  const unit = parameters.text('unit', 'seconds');
  if (Number.isNaN(count) || count < 0) throw new NodeFault('Invalid wait amount. Please enter a number that is 0 or greater.');
  const each = unitMs[unit];
  if (each === undefined) throw new NodeFault("Invalid wait unit. Valid units are 'seconds', 'minutes', 'hours', or 'days'.");
  return count * each;
}
