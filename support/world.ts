/**
 * The World: who is in the scenario, what they have, what they were last told. Verbs belong to the actors in
 * support/actors; a step says what somebody does and one of them does it.
 */
import { randomBytes } from 'node:crypto';
import { setWorldConstructor, World, type IWorldOptions } from '@cucumber/cucumber';
import type { GherkinDocument, Pickle } from '@cucumber/messages';
import { ask, type Answer, type Asked } from './actors/api-client.ts';
import { inspectDatabase, type DatabaseInspector } from './actors/database-inspector.ts';
import { openSocket, type SocketClient } from './actors/socket-client.ts';
import { webServiceAt, type WebService } from './actors/web-service.ts';
import { platform, type PlatformAddresses } from './platform.ts';
import { eventually } from './waiting.ts';

export interface Person {
  readonly name: string;
  /** The tenant's name as the feature says it. */
  readonly tenant: string;
  readonly email: string;
  readonly password: string;
  userId: string;
  token: string | undefined;
  refreshToken: string | undefined;
}

/** A tenant of this scenario alone; `slug` differs in every scenario, `name` is what the feature says. */
export interface ScenarioTenant {
  readonly name: string;
  readonly slug: string;
  id: string;
}

export interface ScenarioWorkflow {
  readonly name: string;
  readonly id: string;
  readonly owner: string;
}

/** Connections are shared by the scenarios of one worker and closed by its AfterAll. */
let shared: DatabaseInspector | undefined;
export async function closeShared() {
  await shared?.close();
  shared = undefined;
}

export class HiveWorld extends World {
  readonly platform: PlatformAddresses = platform();
  readonly people = new Map<string, Person>();
  readonly tenants = new Map<string, ScenarioTenant>();
  readonly workflows = new Map<string, ScenarioWorkflow>();
  readonly sockets = new Map<string, SocketClient>();
  /** Short random text that keeps this scenario's names apart from all others'. */
  readonly mark = randomBytes(4).toString('hex');
  /** Undone in reverse order after the scenario: engines, sockets, locks. */
  readonly cleanups: (() => Promise<void> | void)[] = [];
  /** What was answered last, whoever asked. */
  private lastAnswer: Answer | undefined;
  /** A failed answer that no step has looked at fails the scenario (hooks.ts). */
  unseenFailure: Answer | undefined;
  /** The execution that the scenario is about. */
  executionId: string | undefined;
  /** Free notes of one room's steps for its later steps; keys are that room's. */
  readonly notes = new Map<string, unknown>();
  /** The engines that this scenario talks to: the shared ones, unless it started its own. */
  engineUrls: string[] = this.platform.engines.map((engine) => engine.url);
  databaseUrl = this.platform.databaseUrl;
  private ownInspector: DatabaseInspector | undefined;
  pickle!: Pickle;
  document!: GherkinDocument;

  constructor(options: IWorldOptions) {
    super(options);
  }

  get database(): DatabaseInspector {
    if (this.databaseUrl === this.platform.databaseUrl) return (shared ??= inspectDatabase(this.databaseUrl));
    return (this.ownInspector ??= this.track(inspectDatabase(this.databaseUrl), (inspector) => inspector.close()));
  }

  /** The simulator as this scenario sees it: its paths are its own (see `path`). */
  get webService(): WebService {
    return webServiceAt(this.platform.webServiceUrl);
  }

  /** One simulator serves all scenarios at once; each has its paths under its own mark. */
  path(path: string): string {
    return `/${this.mark}${path}`;
  }

  /** Scripts the calls of the workflow "Ship an order"; those held back wait until they are let go. Returns their paths. */
  async shipsOrders({ heldBack }: { heldBack: readonly string[] }): Promise<string[]> {
    const answers = { '/reserve': { reserved: 3 }, '/charge': { charged: true }, '/ship': { shipped: true } };
    for (const [path, body] of Object.entries(answers)) await this.webService.script(this.path(path), [{ body, hold: heldBack.includes(path) }]);
    return Object.keys(answers);
  }

  /** Waits until the web service was asked for `path` that often. */
  async calledTimes(path: string, times: number): Promise<void> {
    await eventually(`${path} is called ${times} time(s)`, async () => {
      const { length } = await this.webService.requests(this.path(path));
      if (length < times) throw new Error(`it was called ${length} time(s)`);
    });
  }

  /** Remembers how to undo something. */
  track<T>(thing: T, undo: (thing: T) => Promise<void> | void): T {
    this.cleanups.push(() => undo(thing));
    return thing;
  }

  person(name: string): Person {
    const person = this.people.get(name);
    if (!person) throw new Error(`nobody called ${name} was introduced in this scenario; known: ${[...this.people.keys()].join(', ') || 'nobody'}`);
    return person;
  }

  tenantNamed(name: string): ScenarioTenant {
    const tenant = this.tenants.get(name);
    if (!tenant) throw new Error(`no tenant called ${name} in this scenario; known: ${[...this.tenants.keys()].join(', ') || 'none'}`);
    return tenant;
  }

  workflow(name: string): ScenarioWorkflow {
    const workflow = this.workflows.get(name);
    if (!workflow) throw new Error(`no workflow called ${name} in this scenario; known: ${[...this.workflows.keys()].join(', ') || 'none'}`);
    return workflow;
  }

  /** One request, as a person or (undefined) as nobody, to the first engine unless `engine` says which. */
  async ask(who: string | undefined, asked: Asked & { engine?: number }): Promise<Answer> {
    const token = asked.token ?? (who === undefined ? undefined : this.person(who).token);
    const answer = await ask(this.engineUrls[asked.engine ?? 0]!, { ...asked, token });
    this.lastAnswer = answer;
    if (answer.status >= 400) this.unseenFailure = answer;
    return answer;
  }

  /** The last answer; reading it counts as having looked at a failure. */
  get answer(): Answer {
    if (!this.lastAnswer) throw new Error('nobody asked anything in this scenario yet');
    this.unseenFailure = undefined;
    return this.lastAnswer;
  }

  /** A request of a Given: it must succeed, and is not the answer that the scenario is about. */
  async arrange(who: string | undefined, asked: Asked): Promise<Answer> {
    const token = who === undefined ? undefined : this.person(who).token;
    const answer = await ask(this.engineUrls[0]!, { ...asked, token });
    if (answer.status >= 400) throw new Error(`arranging the scenario failed: ${asked.method ?? 'GET'} ${asked.path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer;
  }

  async openSocket(who: string, engine = 0): Promise<SocketClient> {
    const socket = this.track(await openSocket(this.engineUrls[engine]!, { token: this.person(who).token }), (open) => open.close());
    this.sockets.set(who, socket);
    return socket;
  }

  get execution(): string {
    if (!this.executionId) throw new Error('no execution was started in this scenario yet');
    return this.executionId;
  }
}

setWorldConstructor(HiveWorld);
