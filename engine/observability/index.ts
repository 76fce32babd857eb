/**
 * observability: what can be seen of a process from outside. Structured logs on stdout, Prometheus metrics,
 * OpenTelemetry spans.
 *
 * Owns: the logger and what it hides, the metric registry, the tracing SDK and its exporter.
 * Does not know: what is counted, logged or traced; the rooms say that through `kernel` and the port.
 */
export { createObservability, type ObservabilityOptions } from './observability.ts';
export { flushTraces } from './tracing.ts';
export type * from './port.ts';
