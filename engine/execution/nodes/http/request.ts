/** HTTP Request: a call for each item, in groups; what fails alone fails its own item. */
import type { Item } from '../../sandbox/port.ts';
import { NodeFault } from '../fault.ts';
import type { NodeCall, NodeMemory } from '../node-type.ts';
import type { Values } from '../values.ts';
import { itemsOf, requireSuccess } from './answers.ts';
import { exchange, type Room } from './exchange.ts';
import type { HttpPlan } from './plan.ts';

/** Of all answers of a step, as sent and unpacked: they are recorded with the step, which may weigh half of it. */
const MOST_BYTES = 32 * 1024 * 1024;

export type MakePlan = (call: NodeCall, index: number, parameters: Values) => Promise<HttpPlan> | HttpPlan;

export interface Batching {
  readonly size: number;
  readonly pauseMs: number;
}

export async function requestAll(call: NodeCall, makePlan: MakePlan, { size, pauseMs }: Batching): Promise<NodeMemory> {
  const items: Item[] = [];
  const room: Room = { bytesLeft: MOST_BYTES };
  for (let start = 0; start < call.items.length; start += size) {
    if (start > 0 && pauseMs > 0) await call.services.clock.sleep(pauseMs, call.environment.signal);
    const group = call.items.slice(start, start + size).map((_, offset) => requestOne(call, start + offset, { makePlan, room }));
    // The group is awaited whole, so that no call of it goes on unseen after one has failed.
    const settled = await Promise.allSettled(group);
    for (const [offset, result] of settled.entries()) items.push(...(result.status === 'fulfilled' ? result.value : failedItem(call, start + offset, result.reason)));
  }
  return { outputs: [items] };
}

async function requestOne(call: NodeCall, index: number, { makePlan, room }: { makePlan: MakePlan; room: Room }): Promise<Item[]> {
  const plan = await makePlan(call, index, call.at(index));
  const { services, environment } = call;
  const timeout = new AbortController();
  const timer = services.clock.after(plan.timeoutMs, () => timeout.abort());
  try {
    const signal = AbortSignal.any([timeout.signal, environment.signal]);
    const answer = await exchange(plan.call, { allowPrivateAddresses: services.http.allowPrivateAddresses, signal, room });
    requireSuccess(answer, plan);
    return itemsOf(answer, plan, index);
  } catch (error) {
    if (!timeout.signal.aborted || environment.signal.aborted) throw error;
    throw new NodeFault(`The connection was aborted, perhaps the server is offline: no answer within ${plan.timeoutMs} ms`, { name: 'NodeApiError', retryable: true, context: { code: 'ETIMEDOUT' } });
  } finally {
    timer.cancel();
  }
}

function failedItem(call: NodeCall, index: number, reason: unknown): Item[] {
  if (!call.continues || !(reason instanceof NodeFault)) throw reason;
  const { description, context } = reason.details;
  const error = reason.name === 'NodeApiError' ? { message: reason.message, name: reason.name, ...(description && { description }), ...context } : reason.message;
  return [{ json: { error }, pairedItem: { item: index } }];
}

export function refuseCredentials(parameters: Values): void {
  const authentication = parameters.text('authentication', 'none');
  if (authentication === 'none') return;
  throw new NodeFault(`Authentication "${authentication}" is not supported: credentials cannot be stored yet. Send the header yourself, or call without authentication.`, { name: 'CredentialsUnsupported' });
}
