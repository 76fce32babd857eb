/** What crosses the gateway's own border: the error envelope, health, and the messages of a socket. */
import { z } from 'zod';

export const errorEnvelope = z
  .object({
    error: z.object({
      code: z.string().meta({ description: 'Stable; branch on this', examples: ['RATE_LIMITED'] }),
      message: z.string().meta({ description: 'What was found, what was expected, what to do next; may change' }),
      details: z.record(z.string(), z.unknown()).meta({ description: 'What the message says, as data' }),
      request_id: z.string().meta({ description: 'Names the log entry of this request' }),
      correlation_id: z.string().meta({ description: 'Shared by everything that the same action set in motion' }),
      retryable: z.boolean().meta({ description: 'Whether the very same request may succeed later' }),
    }),
  })
  .meta({ id: 'ErrorEnvelope', description: 'Every error answer, whatever the route' });

export type ErrorEnvelope = z.infer<typeof errorEnvelope>;

export const liveness = z.object({ status: z.literal('up'), uptime_seconds: z.number() }).meta({ id: 'Liveness' });

export const readiness = z
  .object({
    status: z.literal('up'),
    probes: z.record(z.string(), z.object({ status: z.enum(['up', 'down']), milliseconds: z.number() })),
  })
  .meta({ id: 'Readiness' });

const messageId = z.string().min(1).max(128);
const clientMessage = { id: messageId.optional(), timestamp: z.string().max(64).optional() };

/** What a client may send (flow hive-ws-messages). A subscriber that was here before says how far it got. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  z.object({
    ...clientMessage,
    type: z.literal('subscribe'),
    topic: z.string(),
    data: z.object({ after_sequence: z.number().int().nonnegative().optional() }).nullish(),
  }),
  z.object({ ...clientMessage, type: z.literal('unsubscribe'), topic: z.string() }),
  z.object({ ...clientMessage, type: z.literal('ping') }),
  z.object({ ...clientMessage, type: z.literal('pong') }),
]);

export type ClientMessage = z.infer<typeof clientMessageSchema>;

/** What the server sends. `subscribe` and `unsubscribe` confirm; only `data` comes unasked. */
export interface ServerMessage {
  /** Unique. */
  readonly id: string;
  readonly type: 'subscribe' | 'unsubscribe' | 'data' | 'error' | 'ping' | 'pong';
  /** ISO 8601, UTC; of `data` the time of the event. */
  readonly timestamp: string;
  /** Id of the client's message that this answers. */
  readonly reply_to?: string | undefined;
  readonly topic?: string | undefined;
  /** Of `data`: the event's documented name, and its place within the topic. */
  readonly event?: string | undefined;
  readonly sequence?: number | undefined;
  readonly data?: unknown;
}

/** The families a client may ask for (flow hive-ws-topics, documents' conflict X21); others are the engine's own. */
export const watchableTopic = z
  .string()
  .max(200)
  .regex(/^((agent|execution|build|configuration|user)\.[\w-]{1,128}|cluster\.status|alerts\.(warning|critical))$/);
