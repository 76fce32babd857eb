/** Who may watch the topic of an execution, and what latecomers are told first. */
import type { BusEvent, TopicAuthoriser, TopicSnapshot } from '../events/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Principal } from '../kernel/index.ts';
import type { Tenancy } from '../tenancy/index.ts';
import type { Readings } from './readings.ts';

const EXECUTION_TOPIC = /^execution\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export interface Watching {
  readonly mayWatch: TopicAuthoriser;
  readonly snapshot: TopicSnapshot;
}

export interface WatchingOptions {
  readonly readings: Readings;
  readonly tenancy: Pick<Tenancy, 'find'>;
  readonly identity: Pick<Identity, 'holds'>;
}

export function watchExecutions({ readings, tenancy, identity }: WatchingOptions): Watching {
  async function mayWatch(principal: Principal, topic: string) {
    const [, executionId] = EXECUTION_TOPIC.exec(topic) ?? [];
    if (!executionId || !identity.holds(principal, 'executions.view')) return false;
    const tenant = await tenancy.find(principal.tenantId);
    return tenant ? readings.exists(tenant, executionId) : false;
  }

  async function snapshot(principal: Principal, topic: string, afterSequence: number): Promise<BusEvent[]> {
    const [, executionId] = EXECUTION_TOPIC.exec(topic) ?? [];
    const tenant = await tenancy.find(principal.tenantId);
    if (!executionId || !tenant) return [];
    return (await readings.eventsOf(tenant, executionId)).filter((event) => event.sequence > afterSequence);
  }

  return { mayWatch, snapshot };
}
