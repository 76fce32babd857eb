/** One engine as a real process: `node engine/main.ts`, given configuration and nothing else. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const logs = join(root, 'reports', 'logs');

export interface EngineOptions {
  /** Names the process in leases, logs and spans; unique among living engines. */
  readonly name: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly collectorUrl: string;
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EngineProcess {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  /** The harness's door of that process, see preload.ts. */
  readonly controlUrl: string;
  readonly logFile: string;
  /** Every line the engine logged so far, parsed. */
  log(): Record<string, unknown>[];
  flushSpans(): Promise<void>;
  /** As an operator would: SIGTERM, then wait. Safe twice. */
  stop(): Promise<void>;
  /** SIGKILL: nothing of the process runs any more. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT: a process that hangs and comes back. */
  freeze(): void;
  thaw(): void;
  readonly running: boolean;
}

/** How long a start may take on a slow machine before it is called failed. */
const START_LIMIT_MS = 60_000;

export async function startEngine(options: EngineOptions): Promise<EngineProcess> {
  mkdirSync(logs, { recursive: true });
  const logFile = join(logs, `${options.name}.log`);
  const child = fork(join(root, 'engine', 'main.ts'), [], {
    cwd: root,
    execArgv: ['--import', join(root, 'support', 'engine', 'preload.ts')],
    env: { ...process.env, ...compileCache(), ...environmentOf(options) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = createWriteStream(logFile, { flags: 'a' });
  child.stdout?.pipe(output, { end: false });
  child.stderr?.pipe(output, { end: false });
  const { url, controlUrl } = await addresses(child, logFile);
  return engineProcess({ child, name: options.name, url, controlUrl, logFile });
}

/** Compiled code is kept between runs; not while coverage is taken, which the cache would blur. */
const compileCache = () => (process.env['NODE_V8_COVERAGE'] ? {} : { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled') });

function environmentOf({ name, databaseUrl, redisUrl, collectorUrl, settings }: EngineOptions) {
  return {
    DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl, HIVE_PORT: '0', HIVE_PROCESS: name,
    HIVE_STORAGE: join(root, '.hive', 'test-storage'), HIVE_ALLOW_PRIVATE_ADDRESSES: 'true', HIVE_LOG_LEVEL: 'info',
    // Argon2 at OWASP's floor costs ~40 ms; the smallest legal cost keeps hundreds of sign-ups affordable.
    HIVE_ARGON2_MEMORY_KIB: '1024', HIVE_ARGON2_PASSES: '1', ...settings,
  };
}

function addresses(child: ChildProcess, logFile: string): Promise<{ url: string; controlUrl: string }> {
  return new Promise((resolve, reject) => {
    let url: string | undefined;
    let controlUrl: string | undefined;
    const fail = (why: string) => reject(new Error(`the engine ${why}; its log is ${logFile}:\n${tail(logFile)}`));
    const limit = setTimeout(() => fail(`did not start within ${START_LIMIT_MS} ms`), START_LIMIT_MS);
    child.once('exit', (code, signal) => (clearTimeout(limit), fail(`ended while starting (code ${code}, signal ${signal})`)));
    child.on('message', (message: { type?: string; url?: string }) => {
      if (message.type === 'listening') url = message.url;
      if (message.type === 'control') controlUrl = message.url;
      if (url && controlUrl) (clearTimeout(limit), child.removeAllListeners('exit'), resolve({ url, controlUrl }));
    });
  });
}

function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(-20).join('\n');
  } catch {
    return '(nothing was logged)';
  }
}

interface Parts {
  readonly child: ChildProcess;
  readonly name: string;
  readonly url: string;
  readonly controlUrl: string;
  readonly logFile: string;
}

function engineProcess({ child, name, url, controlUrl, logFile }: Parts): EngineProcess {
  const running = () => child.exitCode === null && child.signalCode === null;
  const control = async (path: string) => void (running() && (await fetch(`${controlUrl}${path}`, { method: 'POST' })));
  async function end(signal: NodeJS.Signals) {
    if (!running()) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
  return {
    name, url, controlUrl, logFile,
    pid: child.pid as number,
    get running() {
      return running();
    },
    log: () => readFileSync(logFile, 'utf8').split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>),
    flushSpans: () => control('/flush-spans'),
    stop: () => end('SIGTERM'),
    kill: async () => {
      await control('/write-coverage').catch(() => undefined); // A frozen process cannot answer; its coverage is lost.
      await end('SIGKILL');
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
}
