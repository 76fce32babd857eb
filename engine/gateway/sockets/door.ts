/**
 * The WebSocket door. A handshake is a request like any other: it passes the same stages and is refused in the
 * same envelope, before the protocol changes.
 */
import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Express, Request, Response } from 'express';
import type { Gauge } from 'prom-client';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock, Logger, Principal, Tenant } from '../../kernel/index.ts';
import type { Compliance } from '../../compliance/index.ts';
import type { Events, TopicAuthoriser, TopicSnapshot } from '../../events/index.ts';
import type { Identity } from '../../identity/index.ts';
import { bearerOf, handshakeBearerOf } from '../bearer.ts';
import { originForbidden, upgradeRequired } from '../errors.ts';
import type { Asked, Reply } from '../exchange.ts';
import { socketRoute } from '../routes.ts';
import type { Stages } from '../stages.ts';
import { createConnection, type Connection } from './connection.ts';
import { closeCodes, type SocketLimits } from './terms.ts';

export interface SocketDoorOptions {
  readonly stages: Pick<Stages, 'admit'>;
  readonly identity: Pick<Identity, 'authenticate'>;
  readonly compliance: Pick<Compliance, 'securityEvent'>;
  readonly events: Events;
  readonly authoriseTopic: TopicAuthoriser;
  readonly snapshotTopic: TopicSnapshot;
  readonly active: Gauge;
  readonly limits: SocketLimits;
  readonly clock: Clock;
}

export interface SocketDoor {
  /** Stages of GET /ws: admits, then changes the protocol. */
  pass(asked: Asked): Promise<Reply>;
  /** Sends a handshake through the application, so that it meets the stages. */
  upgrade(application: Express, request: IncomingMessage, socket: Duplex, head: Buffer): void;
  start(): void;
  /** Closes every connection with 1001 and resolves when they are gone. */
  stop(): Promise<void>;
}

/** Connections that do not answer the closing handshake are cut after this. */
const CLOSING_MS = 2_000;
const defaultPorts: Record<string, string> = { 'http:': '80', 'https:': '443' };

/** Browsers name their page; a page of another host must not use a visitor's connection (cross-site hijacking). */
function checkOrigin({ headers }: Request) {
  const { origin, host } = headers;
  if (!origin) return;
  const { protocol, hostname, port } = URL.canParse(origin) ? new URL(origin) : { protocol: '', hostname: '', port: '' };
  const asked = [hostname, `${hostname}:${port || defaultPorts[protocol]}`];
  if (!asked.includes(host ?? '')) throw originForbidden({ origin: origin.slice(0, 200) });
}

const upgraded: Reply = { status: 101, headers: {}, payload: undefined };

export function createSocketDoor(options: SocketDoorOptions): SocketDoor {
  const { stages, identity, compliance, events, limits, active, clock } = options;
  const handshakes = new WeakMap<IncomingMessage, { socket: Duplex; head: Buffer }>();
  const connections = new Map<WebSocket, Connection>();
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: (offered) => (offered.has('access_token') ? 'access_token' : false),
  });
  let forgetResumed = () => {};

  function upgrade(application: Express, request: IncomingMessage, socket: Duplex, head: Buffer) {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.once('finish', () => socket.end());
    socket.on('error', () => socket.destroy());
    handshakes.set(request, { socket, head });
    application(request as Request, response as Response);
  }

  /** Sessions end elsewhere too: whoever ends one may say so on `session.{id}`; the keepalive finds out in any case. */
  async function watchSession(principal: Principal, socket: WebSocket, connection: Connection, log: Logger) {
    const leave = await events.subscribe(`session.${principal.sessionId}`, () => void connection.recheck());
    socket.once('close', () => void leave().catch((error: unknown) => log.warn({ err: error }, 'a session is still watched')));
    if (socket.readyState !== socket.OPEN) await leave();
  }

  function welcome(socket: WebSocket, asked: Asked, bearer: string) {
    const { log, requestId, ipAddress } = asked;
    const [principal, tenant] = [asked.principal as Principal, asked.tenant as Tenant];
    const denial = { tenantId: tenant.id, actorId: principal.userId, action: 'topic.denied', resourceKind: 'topic', requestId, ipAddress };
    const denied = (topic: string) => compliance.securityEvent({ ...denial, resourceId: topic });
    const connection = createConnection({ ...options, socket, principal, tenant, log, denied, reauthenticate: () => identity.authenticate(bearer) });
    connections.set(socket, connection);
    active.inc();
    socket.once('close', (code) => {
      connections.delete(socket);
      active.dec();
      log.info({ code, user: principal.userId, tenant: tenant.id }, 'socket closed');
    });
    watchSession(principal, socket, connection, log).catch((error: unknown) => log.warn({ err: error }, 'the end of a session is seen at the keepalive only'));
  }

  async function pass(asked: Asked): Promise<Reply> {
    const { request, response } = asked;
    const handshake = handshakes.get(request);
    const bearer = handshake ? handshakeBearerOf(request) : bearerOf(request);
    if (handshake) checkOrigin(request);
    await stages.admit(socketRoute, asked, bearer);
    if (!handshake) throw upgradeRequired({ path: request.path });
    const { socket, head } = handshake;
    response.detachSocket(socket as Socket);
    server.handleUpgrade(request, socket, head, (webSocket) => welcome(webSocket, asked, bearer as string));
    return upgraded;
  }

  async function stop() {
    forgetResumed();
    const gone = [...connections].map(([socket, connection]) => {
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      connection.close(closeCodes.goingAway, 'this process is going away; connect again');
      const cut = clock.after(CLOSING_MS, () => socket.terminate());
      return closed.then(() => cut.cancel());
    });
    await Promise.all(gone);
  }

  const start = () => {
    forgetResumed = events.onResumed(() => connections.forEach((connection) => connection.catchUp()));
  };
  return { pass, upgrade, start, stop };
}
