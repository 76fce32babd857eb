/** Holds a feature's diagram against what the engines recorded of a request. */
import { collectorAt, compare, diagramsIn, observe, observedDiagram, parse, print, type Binding, type Diagram } from '../diagrams/index.ts';
import { bindings } from '../diagrams/bindings/index.ts';
import type { HiveWorld } from '../world.ts';
import type { Answer } from './api-client.ts';

export interface Expected {
  /** Label of the branch of the diagram's `alt` that must have happened. */
  readonly branch?: string;
  /** Rounds of loops by label. */
  readonly loops?: Readonly<Record<string, number>>;
}

function diagramOf(world: HiveWorld): Diagram {
  const found = diagramsIn(world.document.feature?.description ?? '')[0];
  if (!found) throw new Error(`the feature "${world.document.feature?.name}" carries no Mermaid diagram in its description`);
  return parse(found.source);
}

function bindingOf(world: HiveWorld): Binding {
  const flow = world.pickle.tags.map(({ name }) => /^@flow:(.*)/.exec(name)?.[1]).find((id) => id && bindings.has(id));
  if (!flow) throw new Error(`no binding in support/diagrams/bindings for any of ${world.pickle.tags.map((tag) => tag.name).join(' ')}`);
  return bindings.get(flow)!;
}

/** Every engine of the scenario hands over the spans that have ended. */
async function flushAll(world: HiveWorld): Promise<void> {
  const controls = world.platform.engines.filter((engine) => world.engineUrls.includes(engine.url)).map((engine) => engine.controlUrl);
  await Promise.all(controls.map((url) => fetch(`${url}/flush-spans`, { method: 'POST' })));
}

/** Throws with both diagrams side by side where what happened differs from what is drawn; attaches what was observed. */
export async function assertDiagram(world: HiveWorld, { traceId, clientSpan }: Answer, expected: Expected): Promise<void> {
  const spans = await collectorAt(world.platform.collectorUrl).complete(traceId, { clientSpan, flush: () => flushAll(world) });
  const events = observe(spans);
  const [diagram, binding] = [diagramOf(world), bindingOf(world)];
  world.attach(print(observedDiagram({ diagram, binding, events })), { mediaType: 'text/vnd.mermaid', fileName: 'Observed in this scenario' });
  const verdict = compare({ diagram, binding, events, tenant: [...world.tenants.values()][0]?.id, ...expected });
  if (verdict.verdict === 'drift') throw new Error(`${verdict.kind} at line ${verdict.at} of the diagram: ${verdict.explanation}\n\n${verdict.sideBySide}`);
}
