/** What the stages themselves refuse; rooms have their own catalogues. */
import { defineError } from '../kernel/index.ts';

export const routeUnknown = defineError<{ method: string; path: string }>(
  'ROUTE_UNKNOWN',
  404,
  ({ method, path }) => `There is no ${method} ${path}. GET /openapi.json lists every route.`,
);

export const methodNotAllowed = defineError<{ method: string; allowed: readonly string[] }>(
  'METHOD_NOT_ALLOWED',
  405,
  ({ method, allowed }) => `This address does not answer ${method}; it answers ${allowed.join(', ')}.`,
);

export const upgradeRequired = defineError<{ path: string }>(
  'UPGRADE_REQUIRED',
  426,
  ({ path }) => `${path} speaks WebSocket only. Connect with a WebSocket client and a bearer token.`,
);

export const permissionMissing = defineError<{ permission: string }>(
  'PERMISSION_MISSING',
  403,
  ({ permission }) => `This needs the permission ${permission}, which your token does not hold. Ask an administrator of your tenant for a role that has it, then sign in again.`,
);

export const quotaZero = defineError<{ endpoint: string; roles: readonly string[] }>(
  'ROLE_NOT_ADMITTED',
  403,
  ({ endpoint, roles }) => `${endpoint} is not open to the role ${roles.join(', ')}: its quota is zero. Ask an administrator of your tenant for another role.`,
);

export interface LimitFacts {
  readonly scope: 'address' | 'person';
  readonly limit: number;
  readonly windowSeconds: number;
  readonly retryAfterSeconds: number;
}

export const rateLimited = defineError<LimitFacts>(
  'RATE_LIMITED',
  429,
  ({ scope, limit, windowSeconds, retryAfterSeconds }) =>
    `More than ${limit} requests in ${windowSeconds} s from this ${scope}. Wait ${retryAfterSeconds} s and send the same request again.`,
  { retryable: true },
);

export const pathMalformed = defineError<{ path: string }>(
  'MALFORMED_PATH',
  400,
  ({ path }) => `The path ${path} cannot be decoded. Percent-encode it as UTF-8.`,
);

export const bodyMalformed = defineError<{ reason: string }>(
  'MALFORMED_JSON',
  400,
  ({ reason }) => `The body is not JSON (${reason}). Send one JSON document encoded as UTF-8.`,
);

export const bodyIncomplete = defineError<{ reason: string }>(
  'BODY_INCOMPLETE',
  400,
  ({ reason }) => `The body did not arrive as announced (${reason}). Send it again with the right Content-Length and encoding.`,
);

export const mediaTypeUnsupported = defineError<{ found: string }>(
  'MEDIA_TYPE_UNSUPPORTED',
  415,
  ({ found }) => `The body is ${found}; expected application/json in UTF-8, plain or compressed with gzip, deflate or br.`,
);

export const bodyTooLarge = defineError<{ limitBytes: number }>(
  'BODY_TOO_LARGE',
  413,
  ({ limitBytes }) => `The body is larger than ${limitBytes} bytes. Send less, or split it.`,
);

/** One thing wrong with a request. `found` describes and never repeats a value: it might be a secret. */
export interface Fault {
  /** `body.name`, `query.limit`, `params.id`, with list positions as numbers. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
}

export const requestInvalid = defineError<{ faults: readonly Fault[] }>(
  'REQUEST_INVALID',
  422,
  ({ faults }) => faults.map(({ path, found, expected }) => `${path}: ${expected} (found ${found})`).join('; '),
);

export const notReady = defineError<{ down: readonly string[]; probes: Readonly<Record<string, object>> }>(
  'NOT_READY',
  503,
  ({ down }) => `Not ready: ${down.join(', ')} did not answer. The process goes on trying; ask again in a few seconds.`,
  { retryable: true },
);

export const messageMalformed = defineError<{ reason: string }>(
  'SOCKET_MESSAGE_INVALID',
  400,
  ({ reason }) => `The message was not understood: ${reason}. Expected JSON {"type":"subscribe"|"unsubscribe","topic":...} or {"type":"ping"|"pong"}.`,
);

export const topicMalformed = defineError<{ topic: string }>(
  'TOPIC_MALFORMED',
  422,
  ({ topic }) =>
    `${topic} is not a topic. Expected agent.{id}, execution.{id}, build.{id}, configuration.{id}, user.{id}, cluster.status, alerts.warning or alerts.critical.`,
);

export const topicForbidden = defineError<{ topic: string }>(
  'TOPIC_FORBIDDEN',
  403,
  ({ topic }) => `You may not watch ${topic}: it is unknown, or belongs to someone else.`,
);

export const topicLimit = defineError<{ limit: number }>(
  'TOPIC_LIMIT',
  429,
  ({ limit }) => `This connection watches ${limit} topics already, which is the most. Unsubscribe from one, or open another connection.`,
);

export const topicUnavailable = defineError<{ topic: string }>(
  'TOPIC_UNAVAILABLE',
  503,
  ({ topic }) => `${topic} cannot be watched at the moment. Subscribe again in a few seconds, with the last sequence that you saw.`,
  { retryable: true },
);

export const originForbidden = defineError<{ origin: string }>(
  'ORIGIN_FORBIDDEN',
  403,
  ({ origin }) => `Pages of ${origin} may not connect here. Connect from a page of this address, or from a client that is not a browser.`,
);
