/** How a step gets the spans of the request it made, and knows that they are all there. */
import { randomBytes } from 'node:crypto';
import { spansFromJson, type RecordedSpan } from './spans.ts';

/** What the client sends so that its request starts a trace that it knows. */
export interface ClientTrace {
  readonly traceId: string;
  /** The client's own span: never recorded, the parent of the engine's first. */
  readonly clientSpan: string;
  /** Value of the `traceparent` header (W3C Trace Context). */
  readonly traceparent: string;
}

export function newTrace(): ClientTrace {
  const traceId = randomBytes(16).toString('hex');
  const clientSpan = randomBytes(8).toString('hex');
  return { traceId, clientSpan, traceparent: `00-${traceId}-${clientSpan}-01` };
}

export interface Completeness {
  /**
   * Makes every engine process export the spans that have ended, and resolves when they were received. It may say how
   * many spans of the trace have started and not ended; a trace with open spans is not complete.
   */
  readonly flush: () => Promise<void | { readonly open: number }>;
  /** The span that the client gave as remote parent and that nobody records. */
  readonly clientSpan?: string;
  /** A further condition, for work that goes on after the answer: such as that a span of its last step is there. */
  readonly until?: (spans: readonly RecordedSpan[]) => boolean;
  /** Milliseconds; default 10 s. */
  readonly withinMs?: number;
}

export interface TraceReader {
  trace(traceId: string): Promise<RecordedSpan[]>;
  /**
   * The spans of a trace once none that is named as a parent is missing. Throws at the deadline with what was missing.
   * An ended child whose parent is still open proves that the trace is not over; a span without children that is
   * still open cannot be known from outside, so `flush` should say `open`, or `until` name what to wait for.
   */
  complete(traceId: string, options: Completeness): Promise<RecordedSpan[]>;
}

/** Spans that are named as parents and did not arrive, by the name of a child that waits for them. */
function missingParents(spans: readonly RecordedSpan[], clientSpan: string | undefined): string[] {
  const known = new Set(spans.map((span) => span.spanId));
  const orphans = spans.filter(({ parentSpanId }) => parentSpanId && parentSpanId !== clientSpan && !known.has(parentSpanId));
  return [...new Map(orphans.map((span) => [span.parentSpanId, `${span.parentSpanId}, the parent of "${span.name}" (${span.process})`])).values()];
}

interface Look {
  readonly spans: readonly RecordedSpan[];
  readonly open: number;
}

/** What keeps the trace from being complete; undefined when nothing does. */
function lacking({ spans, open }: Look, { clientSpan, until }: Completeness): string | undefined {
  if (spans.length === 0) return 'no span of this trace arrived; is the engine traced, and was the traceparent header sent?';
  const missing = missingParents(spans, clientSpan);
  if (missing.length > 0) return `these spans are named as parents and did not arrive: ${missing.join('; ')}`;
  if (clientSpan && !spans.some((span) => span.parentSpanId === clientSpan)) return `no span has the client's span ${clientSpan} as its parent`;
  if (open > 0) return `${open} span(s) of the trace have not ended`;
  if (until && !until(spans)) return `the condition of \`until\` does not hold; seen: ${spans.map((span) => span.name).join(', ')}`;
  return undefined;
}

const DEFAULT_WITHIN_MS = 10_000;
/** How long one look waits for a further span before the engines are asked to flush again; doubles up to the longest. */
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 640;

/** The reading side of the collector at `url`. */
export function collectorAt(url: string): TraceReader {
  const read = async (traceId: string, query = '') => {
    const answer = await fetch(`${url}/traces/${traceId}${query}`);
    return spansFromJson(await answer.text());
  };

  async function look(traceId: string, flush: Completeness['flush']): Promise<Look> {
    const flushed = await flush();
    return { spans: await read(traceId), open: flushed?.open ?? 0 };
  }

  async function complete(traceId: string, options: Completeness) {
    const { withinMs = DEFAULT_WITHIN_MS } = options;
    const deadline = performance.now() + withinMs;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      const seen = await look(traceId, options.flush);
      const lack = lacking(seen, options);
      if (!lack) return [...seen.spans];
      if (performance.now() > deadline) throw new Error(`trace ${traceId} is not complete after ${withinMs} ms with ${seen.spans.length} span(s): ${lack}`);
      await read(traceId, `?beyond=${seen.spans.length}&within=${waitMs}`);
    }
  }

  return { trace: (traceId) => read(traceId), complete };
}
