/**
 * The OpenTelemetry SDK behind the API that `kernel/tracing.ts` calls.
 *
 * It is registered only where an OTLP endpoint is set; without one the API's own no-op stands and a span costs
 * next to nothing. With one, every trace is recorded unless the caller's `traceparent` says not to: the
 * specification asserts complete diagrams, so a sampled-out span would be a false alarm.
 */
import { context, propagation, trace, type TracerProvider as ApiTracerProvider } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';

export interface Tracing {
  /** Exports what is buffered and gives the globals back; safe twice. */
  stop(): Promise<void>;
}

/** How long spans wait for company before they are exported, in milliseconds. */
const EXPORT_DELAY_MS = 500;
/** Spans beyond this are dropped while the collector is away; a busy second of one process is about 20,000. */
const LONGEST_QUEUE = 65_536;

function createProvider(endpoint: string, process: string): TracerProvider {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  return new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'hive-queen', 'service.instance.id': process }),
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter, scheduledDelayMillis: EXPORT_DELAY_MS, maxQueueSize: LONGEST_QUEUE, maxExportBatchSize: 2_048 }),
    ],
  });
}

export function startTracing({ endpoint, process }: { endpoint: string | undefined; process: string }): Tracing {
  if (!endpoint) return { stop: () => Promise.resolve() };
  const provider = createProvider(endpoint, process);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);

  let stopping: Promise<void> | undefined;
  const stop = async () => {
    // A collector that is gone must not keep the process from ending.
    await provider.shutdown().catch(() => undefined);
    trace.disable();
    propagation.disable();
    context.disable();
  };
  return { stop: () => (stopping ??= stop()) };
}

type Flushable = { forceFlush?: () => Promise<void> };

/** Exports every span ended so far; nothing to do where no SDK is registered. */
export async function flushTraces(): Promise<void> {
  const registered = trace.getTracerProvider() as ApiTracerProvider & Flushable & { getDelegate?: () => Flushable };
  const provider = registered.getDelegate?.() ?? registered;
  await provider.forceFlush?.();
}
