/**
 * One call for spans. A span says which participant sent which message to which other, and is made only
 * around the call that really crosses that boundary: the diagrams in features/ are asserted against it.
 *
 * T1. `hive.start` and `hive.end` number the moments of one process in the order in which they happened;
 *     wall clocks of two processes are compared only where no parent-child link orders the spans.
 * T2. Without a recording SDK (see observability) a span costs a few hundred nanoseconds and carries nothing.
 */
import { context, propagation, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { HiveError } from './errors.ts';

export interface Message {
  /** The room or outside participant that sends, such as `gateway`, `execution`, `postgres`, `redis`. */
  readonly from: string;
  readonly to: string;
  /** The message as the engine names it: a method, a query's name, a Redis command with its kind of key. */
  readonly message: string;
  readonly tenant?: string | undefined;
  /** Further facts; keys are prefixed with `hive.`. */
  readonly facts?: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** W3C trace context as it travels in headers, records and job data. */
export type TraceCarrier = Record<string, string>;

const tracer = trace.getTracer('hive-queen');
let moment = 0;

function describe(span: Span, { from, to, message, tenant, facts }: Message) {
  span.setAttributes({ 'hive.from': from, 'hive.to': to, 'hive.message': message, 'hive.start': ++moment });
  if (tenant) span.setAttribute('hive.tenant', tenant);
  for (const [key, value] of Object.entries(facts ?? {})) if (value !== undefined) span.setAttribute(`hive.${key}`, value);
}

/** Runs `call` inside a span; a rejection marks the span failed with the error's code and is rethrown. */
export async function traced<T>(sent: Message, call: (span: Span) => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(`${sent.to}: ${sent.message}`, async (span) => {
    if (span.isRecording()) describe(span, sent);
    try {
      return await call(span);
    } catch (error) {
      const code = error instanceof HiveError ? error.code : (error as Error)?.name;
      span.setAttribute('hive.error', code ?? 'unknown');
      span.setStatus({ code: SpanStatusCode.ERROR, message: code });
      throw error;
    } finally {
      if (span.isRecording()) span.setAttribute('hive.end', ++moment);
      span.end();
    }
  });
}

/** The current trace, to be stored or sent along; empty when there is none. */
export function currentTrace(): TraceCarrier {
  const carrier: TraceCarrier = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** Runs `call` as part of the trace in `carrier`. */
export function inTrace<T>(carrier: TraceCarrier, call: () => T): T {
  return context.with(propagation.extract(context.active(), carrier), call);
}
