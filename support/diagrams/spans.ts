/** Spans as they arrive over OTLP/HTTP, and as the rest of this folder sees them. */

export type Fact = string | number | boolean;

/** One finished span, from whichever process. */
export interface RecordedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** `service.instance.id`, else `process.pid`, else `service.name`: moments are comparable within one process only. */
  readonly process: string;
  /** Wall clock, nanoseconds since 1970. */
  readonly startNano: bigint;
  readonly endNano: bigint;
  readonly attributes: Readonly<Record<string, Fact>>;
  readonly failed: boolean;
}

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}
type OtlpAttributes = readonly { readonly key: string; readonly value: OtlpValue }[];

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: OtlpAttributes;
  readonly status?: { readonly code?: number };
}

/** The body of `POST /v1/traces` in its JSON form (opentelemetry-proto, ExportTraceServiceRequest). */
export interface OtlpTraces {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: OtlpAttributes };
    readonly scopeSpans?: readonly { readonly spans?: readonly OtlpSpan[] }[];
  }[];
}

const STATUS_ERROR = 2;

function factOf({ stringValue, intValue, doubleValue, boolValue }: OtlpValue): Fact | undefined {
  if (intValue !== undefined) return Number(intValue);
  return stringValue ?? doubleValue ?? boolValue;
}

function factsOf(attributes: OtlpAttributes | undefined): Record<string, Fact> {
  const pairs = (attributes ?? []).map(({ key, value }) => [key, factOf(value)] as const);
  return Object.fromEntries(pairs.filter((pair): pair is readonly [string, Fact] => pair[1] !== undefined));
}

const spanOf = (span: OtlpSpan, process: string): RecordedSpan => ({
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId || undefined,
  name: span.name,
  process,
  startNano: BigInt(span.startTimeUnixNano),
  endNano: BigInt(span.endTimeUnixNano),
  attributes: factsOf(span.attributes),
  failed: span.status?.code === STATUS_ERROR,
});

/** All spans of one export. Throws where the body is not OTLP JSON. */
export function readOtlp({ resourceSpans = [] }: OtlpTraces): RecordedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const facts = factsOf(resource?.attributes);
    const process = String(facts['service.instance.id'] ?? facts['process.pid'] ?? facts['service.name'] ?? 'unknown');
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => spanOf(span, process)));
  });
}

type Plain = Omit<RecordedSpan, 'startNano' | 'endNano'> & { readonly startNano: string; readonly endNano: string };

/** Spans as JSON text, for the collector's reading side and for recordings kept in files. */
export const spansToJson = (spans: readonly RecordedSpan[], indent?: number): string =>
  JSON.stringify(spans, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value), indent);

export const spansFromJson = (text: string): RecordedSpan[] =>
  (JSON.parse(text) as Plain[]).map((span) => ({ ...span, parentSpanId: span.parentSpanId, startNano: BigInt(span.startNano), endNano: BigInt(span.endNano) }));
