/**
 * Structured logs: one JSON object a line on stdout, where the platform's pipeline picks them up.
 *
 * L1. Values under the names in `secretNames` are replaced at the top level and one level below, so a careless
 *     `log.info({ body })` does not publish a password. It is a net, not a licence: nobody logs secrets on purpose.
 * L2. A record written inside a recorded span carries its trace_id and span_id.
 */
import { trace } from '@opentelemetry/api';
import pino, { type DestinationStream } from 'pino';
import type { Logger, Settings } from '../kernel/index.ts';

const secretNames = [
  'password', 'token', 'access_token', 'refresh_token', 'accessToken', 'refreshToken', 'bearer', 'secret', 'apiKey', 'api_key',
  'authorization', 'cookie', 'privateKey', 'credentials',
];
const hidden = secretNames.flatMap((name) => [name, `*.${name}`]);

function traceOfRecord(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

export interface LoggingOptions {
  readonly level: Settings['HIVE_LOG_LEVEL'];
  readonly process: string;
  /** stdout unless given. */
  readonly destination?: DestinationStream | undefined;
}

export function createLogger({ level, process, destination }: LoggingOptions): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { service: 'hive-queen', process },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: hidden, censor: '[hidden]' },
    mixin: traceOfRecord,
  };
  return destination ? pino(options, destination) : pino(options);
}
