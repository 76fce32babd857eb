/**
 * Diagrams that are tests: a feature's Mermaid sequence diagram held against the spans that the engine recorded.
 *
 *   parse text -> Diagram      startCollector, newTrace, complete -> spans      observe spans -> events
 *   compare({ diagram, binding, events, tenant, branch, loops }) -> Verdict     renderSvg, observedDiagram for the page
 *
 * Does not know: cucumber, the engine's rooms beyond the names in bindings/, where diagrams are kept.
 */
export { parse, DiagramSyntaxError } from './parse.ts';
export { print } from './print.ts';
export type * from './model.ts';
export { startCollector, type Collector } from './collector.ts';
export { collectorAt, newTrace, type ClientTrace, type Completeness, type TraceReader } from './trace-reader.ts';
export { spansFromJson, spansToJson, type RecordedSpan } from './spans.ts';
export { observe, told, type ObservedEvent, type ObservedSpan } from './observe.ts';
export type * from './bindings/port.ts';
export { UnboundError } from './bind.ts';
export { compare, type Comparison } from './compare.ts';
export { driftKinds, type Drift, type DriftKind, type Same, type Verdict } from './verdict.ts';
export { observedDiagram } from './observed-diagram.ts';
export { renderSvg } from './render.ts';
export { diagramsIn, type FoundDiagram } from './fences.ts';
