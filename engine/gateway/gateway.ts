import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { systemClock, type Clock, type Logger, type RouteDefinition, type Service, type Settings } from '../kernel/index.ts';
import type { Redis } from '../storage/index.ts';
import type { Compliance } from '../compliance/index.ts';
import type { Events, TopicAuthoriser, TopicSnapshot } from '../events/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Observability } from '../observability/index.ts';
import type { Tenancy } from '../tenancy/index.ts';
import { createBodyReader } from './body.ts';
import { methodNotAllowed, pathMalformed, routeUnknown } from './errors.ts';
import { createExchange, type Asked, type Pass, type Reply } from './exchange.ts';
import { createLimits } from './limits.ts';
import { createOpenApi, type OpenApiInfo } from './openapi/document.ts';
import { openApiPage } from './openapi/page.ts';
import { gatewayRoutes, socketRoute, type Probes } from './routes.ts';
import { startServer, type Listening } from './server.ts';
import { createSocketDoor, type SocketDoor } from './sockets/door.ts';
import type { SocketLimits } from './sockets/terms.ts';
import { createStages, type Stages } from './stages.ts';

export interface GatewayOptions {
  readonly settings: Pick<Settings, 'HIVE_HOST' | 'HIVE_PORT' | 'HIVE_BODY_BYTES' | 'HIVE_RATE_WINDOW_SECONDS' | 'HIVE_ADDRESS_LIMIT' | 'HIVE_PERSON_LIMIT'>;
  /** Of all rooms; the gateway adds its own. */
  readonly routes: readonly RouteDefinition[];
  readonly identity: Pick<Identity, 'authenticate' | 'holds'>;
  readonly tenancy: Pick<Tenancy, 'resolve'>;
  readonly compliance: Pick<Compliance, 'securityEvent'>;
  readonly observability: Observability;
  /** An unmarked connection; the gateway makes its own spans. */
  readonly redis: Redis;
  readonly events: Events;
  readonly authoriseTopic: TopicAuthoriser;
  readonly snapshotTopic: TopicSnapshot;
  readonly openApiInfo: OpenApiInfo;
  readonly log: Logger;
  /** What GET /health/ready asks, by the name it is shown under; a rejection means down. */
  readonly probes: Probes;
  readonly clock?: Clock;
  readonly sockets?: Partial<SocketLimits>;
}

export interface Gateway extends Service {
  /** The address it listens on; throws before `start`. */
  url(): string;
}

const socketDefaults: SocketLimits = { keepaliveMs: 30_000, bufferBytes: 1024 * 1024, messageBytes: 64 * 1024, topics: 100 };

/** OpenAPI's `/workflows/{id}` as Express writes it. */
const expressPath = (path: string) => path.replace(/\{(\w+)\}/g, ':$1');
/** Sorts literal segments before parameters, so that /workflows/execute is not taken for a workflow's id. */
const precedence = (path: string) => path.replace(/\{\w+\}/g, '\uffff');

interface Mounted {
  readonly path: string;
  readonly route: RouteDefinition;
}

function mountsOf(routes: readonly RouteDefinition[]): Mounted[] {
  const mounts = routes.flatMap((route) => [route.path, ...(route.aliases ?? [])].map((path) => ({ path, route })));
  const seen = new Set<string>();
  for (const { path, route } of mounts) {
    const key = `${route.method} ${path.replace(/\{\w+\}/g, '{}')}`;
    if (seen.has(key)) throw new Error(`${key} is declared twice, the second time as ${route.operationId}; each method and path belongs to one route`);
    seen.add(key);
  }
  return mounts.sort((one, other) => (precedence(one.path) < precedence(other.path) ? -1 : 1));
}

/** Methods a path answers; HEAD comes with GET, OPTIONS with all. */
function methodsOf(path: string, mounts: readonly Mounted[]): string[] {
  const own = mounts.filter((mount) => mount.path === path).map(({ route }) => route.method.toUpperCase());
  return [...own, ...(own.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
}

interface ApplicationOptions {
  readonly routes: readonly RouteDefinition[];
  readonly stages: Stages;
  readonly door: Pick<SocketDoor, 'pass'>;
  readonly observability: Pick<Observability, 'recordRequest' | 'counter'>;
  readonly log: Logger;
}

const reasons: Record<number, string> = { 401: 'unauthenticated', 403: 'forbidden', 429: 'rate-limited' };

/** Requests that were turned away, apart from those that were answered (flow hq-gateway-chain). */
function countRefusals({ observability }: Pick<ApplicationOptions, 'observability'>) {
  const refused = observability.counter('hive_gateway_refusals_total', 'Requests turned away by the gateway, by reason', ['reason']);
  return (pass: Pass): Pass =>
    (asked) =>
      pass(asked).catch((thrown: unknown) => {
        const reason = reasons[(thrown as { status?: number }).status ?? 0];
        if (reason) refused.inc({ reason });
        throw thrown;
      });
}

/** Routes, then what is left: wrong methods, unknown paths, undecodable paths. All through the same exchange. */
function createApplication({ routes, stages, door, observability, log }: ApplicationOptions): Express {
  const exchange = createExchange({ observability, log });
  const counted = countRefusals({ observability });
  const mounts = mountsOf(routes);
  const application = express();
  application.set('trust proxy', 'loopback');
  application.set('case sensitive routing', true);
  application.disable('x-powered-by');
  // The page at /docs has its style inside; plain HTTP stays plain, because TLS ends before this process.
  application.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));

  for (const { path, route } of mounts) {
    const pass: Pass = route === socketRoute ? door.pass : (asked) => stages.serve(route, asked);
    application[route.method](expressPath(path), exchange(route.path, counted(pass)));
  }

  const wrongMethod = (path: string) => async (asked: Asked): Promise<Reply> => {
    await stages.limitAddress(asked);
    const allowed = methodsOf(path, mounts);
    if (asked.request.method === 'OPTIONS') return { status: 204, headers: { Allow: allowed.join(', ') }, payload: undefined };
    throw methodNotAllowed({ method: asked.request.method, allowed });
  };
  for (const path of new Set(mounts.map((mount) => mount.path))) application.all(expressPath(path), exchange(path, counted(wrongMethod(path))));

  const unknown: Pass = async (asked) => {
    await stages.limitAddress(asked);
    throw routeUnknown({ method: asked.request.method, path: asked.request.path.slice(0, 200) });
  };
  application.use(exchange('unknown', counted(unknown)));

  // Four parameters: that is how Express tells an error handler from others.
  application.use((failed: unknown, request: Request, response: Response, _next: NextFunction) => {
    const thrown = failed instanceof URIError ? pathMalformed({ path: request.path.slice(0, 200) }) : failed;
    return exchange('unknown', () => Promise.reject(thrown))(request, response);
  });
  return application;
}

/**
 * The door of the engine. Composes the stages, mounts every room's routes behind them and listens from `start`
 * to `stop`; `stop` lets requests under way end and closes every socket.
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { settings, observability, redis, openApiInfo, log, probes, clock = systemClock } = options;
  let written: { json: string; page: string } | undefined;
  const description = () => {
    if (written) return written;
    const document = createOpenApi(routes, openApiInfo);
    return (written = { json: JSON.stringify(document), page: openApiPage(document) });
  };
  const routes = [...gatewayRoutes({ probes, observability, description, clock }), ...options.routes];

  const limits = createLimits({ redis, settings, log });
  const stages = createStages({ ...options, limits, readBody: createBodyReader(settings.HIVE_BODY_BYTES) });
  const active = observability.gauge('hive_websocket_connections_active', 'WebSocket connections open at this process');
  const door = createSocketDoor({ ...options, stages, active, clock, limits: { ...socketDefaults, ...options.sockets } });
  const application = createApplication({ routes, stages, door, observability, log });
  let listening: Listening | undefined;

  async function start() {
    door.start();
    const [host, port] = [settings.HIVE_HOST, settings.HIVE_PORT];
    listening = await startServer({ application, host, port, clock, log, onUpgrade: (...handshake) => door.upgrade(application, ...handshake) });
    log.info({ url: listening.url }, 'listening');
  }

  async function stop() {
    // Both at once: the server waits for sockets, and sockets may come in until it has stopped accepting.
    const closed = listening?.close();
    await door.stop();
    await closed;
  }

  function url() {
    if (!listening) throw new Error('the gateway has no address before it is started');
    return listening.url;
  }

  return { name: 'gateway', start, stop, url };
}
