/** What a connection is given, and the words it ends with. */
import type { WebSocket } from 'ws';
import type { Clock, Logger, Principal, Tenant } from '../../kernel/index.ts';
import type { Events, TopicAuthoriser, TopicSnapshot } from '../../events/index.ts';

export interface SocketLimits {
  /** Time between two pings. A client that answered neither is closed: silence is noticed within two of these. */
  readonly keepaliveMs: number;
  /** Unread bytes a client may leave. Too low: a short stall disconnects. Too high: slow clients fill the memory. */
  readonly bufferBytes: number;
  /** Largest message a client may send. */
  readonly messageBytes: number;
  readonly topics: number;
}

export interface ConnectionOptions {
  readonly socket: WebSocket;
  readonly principal: Principal;
  readonly tenant: Tenant;
  readonly limits: SocketLimits;
  readonly events: Pick<Events, 'subscribe'>;
  readonly authoriseTopic: TopicAuthoriser;
  readonly snapshotTopic: TopicSnapshot;
  /** Throws when the person's token or session is no longer good. */
  readonly reauthenticate: () => Promise<unknown>;
  /** Stores a refused topic as a security event. */
  readonly denied: (topic: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** RFC 6455 section 7.4.1 and the IANA registry. */
export const closeCodes = { goingAway: 1001, policy: 1008, tryAgainLater: 1013 } as const;

export type Close = (code: number, reason: string) => void;
