import type { Service } from '../kernel/index.ts';

/** An event on the bus between processes. `topic` is `execution.{id}`, `agent.{slug}`, `system` and so on. */
export interface BusEvent {
  readonly topic: string;
  readonly tenantId: string | undefined;
  /** Documented name for its channel, such as `execution_started`. */
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** Strictly growing within a topic; a client that reconnects asks for what came after it. */
  readonly sequence: number;
}

export interface Events extends Service {
  /** To every process, through Redis. The caller publishes only what is durable already. */
  publish(events: readonly BusEvent[]): Promise<void>;
  /** Local subscribers of exact topics; returns an unsubscribe that is safe twice. */
  subscribe(topic: string, receive: (event: BusEvent) => void): Promise<() => Promise<void>>;
  /** Called after the connection was lost and every subscription stands again: ask the durable state for what was missed. Returns its own removal. */
  onResumed(catchUp: () => void): () => void;
}

/** Injected by main: may this person watch this topic? Answered by the room that owns the topic's resource. */
export type TopicAuthoriser = (principal: import('../kernel/index.ts').Principal, topic: string) => Promise<boolean>;

/** Injected by main: what a late subscriber of a topic gets first, from durable state. */
export type TopicSnapshot = (principal: import('../kernel/index.ts').Principal, topic: string, afterSequence: number) => Promise<readonly BusEvent[]>;
