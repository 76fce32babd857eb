/** The gateway's own doors: health, metrics, and the description of all doors. */
import { defineRoute, systemClock, traced, type Clock, type RouteDefinition } from '../kernel/index.ts';
import type { Observability } from '../observability/index.ts';
import { liveness, readiness } from './contract.ts';
import { notReady, upgradeRequired } from './errors.ts';

export type Probes = Readonly<Record<string, () => Promise<void>>>;

export interface OwnRoutesOptions {
  readonly probes: Probes;
  readonly observability: Pick<Observability, 'scrape'>;
  readonly clock?: Clock;
  /** Asked when it is needed, because it describes these routes too. */
  readonly description: () => { readonly json: string; readonly page: string };
}

/** A dependency that takes longer is down for our purposes: a balancer's own check gives up at about this time. */
const PROBE_TIMEOUT_MS = 2_000;

interface Probed {
  readonly name: string;
  readonly status: 'up' | 'down';
  readonly milliseconds: number;
}

async function runProbe(name: string, probe: () => Promise<void>, clock: Clock): Promise<Probed> {
  const startedAt = performance.now();
  const answered = new AbortController();
  const tooLate = clock.sleep(PROBE_TIMEOUT_MS, answered.signal).then(() => Promise.reject(new Error(`no answer within ${PROBE_TIMEOUT_MS} ms`)));
  const status = await Promise.race([traced({ from: 'gateway', to: name, message: 'probe' }, probe), tooLate]).then(
    () => 'up' as const,
    () => 'down' as const,
  );
  tooLate.catch(() => undefined);
  answered.abort();
  return { name, status, milliseconds: Math.round(performance.now() - startedAt) };
}

async function whetherReady(probes: Probes, clock: Clock) {
  const probed = await Promise.all(Object.entries(probes).map(([name, probe]) => runProbe(name, probe, clock)));
  const down = probed.filter(({ status }) => status === 'down').map(({ name }) => name);
  const byName = Object.fromEntries(probed.map(({ name, ...result }) => [name, result]));
  if (down.length > 0) throw notReady({ down, probes: byName });
  return { status: 200, body: { status: 'up', probes: byName } };
}

export const socketRoute: RouteDefinition = defineRoute({
  method: 'get', path: '/ws', aliases: ['/api/ws'], operationId: 'openSocket', room: 'gateway', access: 'authenticated',
  summary: 'Watch topics over WebSocket; the token also as protocol or query access_token',
  answers: { 101: { description: 'The connection speaks WebSocket from here on' } }, errors: [upgradeRequired],
  handle: () => Promise.reject(upgradeRequired({ path: '/ws' })),
});

export function gatewayRoutes({ probes, observability, description, clock = systemClock }: OwnRoutesOptions): RouteDefinition[] {
  return [
    defineRoute({
      method: 'get', path: '/health/live', operationId: 'getLiveness', summary: 'Whether the process runs', room: 'gateway', access: 'public',
      answers: { 200: { description: 'It does', schema: liveness } }, errors: [],
      handle: async () => ({ status: 200, body: { status: 'up', uptime_seconds: Math.round(performance.now() / 1_000) } }),
    }),
    defineRoute({
      method: 'get', path: '/health/ready', operationId: 'getReadiness', summary: 'Whether everything it stands on answers', room: 'gateway', access: 'public',
      answers: { 200: { description: 'Everything answered', schema: readiness } }, errors: [notReady],
      handle: () => whetherReady(probes, clock),
    }),
    defineRoute({
      method: 'get', path: '/metrics', operationId: 'getMetrics', summary: 'Metrics for Prometheus', room: 'observability', access: 'public',
      answers: { 200: { description: 'Prometheus text format', contentType: 'text/plain; version=0.0.4; charset=utf-8' } }, errors: [],
      handle: async () => ({ status: 200, body: await observability.scrape() }),
    }),
    defineRoute({
      method: 'get', path: '/openapi.json', operationId: 'getDescription', summary: 'This description', room: 'gateway', access: 'public',
      answers: { 200: { description: 'OpenAPI 3.1', contentType: 'application/json' } }, errors: [],
      handle: async () => ({ status: 200, body: description().json }),
    }),
    defineRoute({
      method: 'get', path: '/docs', operationId: 'browseDescription', summary: 'This description as a page', room: 'gateway', access: 'public',
      answers: { 200: { description: 'A page', contentType: 'text/html; charset=utf-8' } }, errors: [],
      handle: async () => ({ status: 200, body: description().page }),
    }),
    socketRoute,
  ];
}
