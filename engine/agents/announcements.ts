/** What an agent's topic is told (flow hive-event-types): after the row is committed, numbered by the row. */
import type { Clock, Logger } from '../kernel/index.ts';
import type { Events } from '../events/index.ts';
import type { AgentRow, ObservedRow } from './store.ts';

export interface Announcements {
  registered(row: AgentRow): Promise<void>;
  /** Says nothing when the status is what it was. */
  observed(row: ObservedRow): Promise<void>;
}

export interface AnnouncementsOptions {
  readonly events: Pick<Events, 'publish'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

export function createAnnouncements({ events, clock, log }: AnnouncementsOptions): Announcements {
  async function tell(row: AgentRow, type: string, data: Record<string, unknown>) {
    const event = { topic: `agent.${row.agent_id}`, tenantId: undefined, type, timestamp: clock.now(), data: { agent_id: row.agent_id, ...data }, sequence: Number(row.event_sequence) };
    // The row stands already and a subscriber can read it; a bus that is down must not undo a heartbeat.
    await events.publish([event]).catch((error: unknown) => log.warn({ err: error, agent: row.agent_id, type }, 'an event of an agent was not published'));
  }
  return {
    registered: (row) => tell(row, 'agent.registered', { name: row.name, model: row.model, status: row.status }),
    observed: async (row) => {
      if (row.status !== row.previous_status) await tell(row, 'agent.status_changed', { status: row.status, previous_status: row.previous_status });
    },
  };
}
