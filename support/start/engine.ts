import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Provisioned } from '../provision/index.ts';
import { startChild, type Child } from './child.ts';

export interface StartEngineOptions {
  readonly clone: string;
  /** Folder of what outlives a start. */
  readonly kept: string;
  readonly stores: Pick<Provisioned, 'databaseUrl' | 'redisUrl'>;
  readonly say: (line: string) => void;
  readonly lost: (reason: string) => void;
}

const DEFAULT_PORT = 8080;
const PORTS_TRIED = 100;
/** The agents keep the token that they were started with; a demo that runs for weeks must not lose them after a day. */
const TOKEN_LIFE_SECONDS = 30 * 86_400;

export async function startEngine({ clone, kept, stores, say, lost }: StartEngineOptions): Promise<Child> {
  const host = process.env.HIVE_HOST ?? '127.0.0.1';
  const wanted = Number(process.env.HIVE_PORT ?? DEFAULT_PORT);
  const port = await firstFreePort(host, wanted);
  if (port !== wanted) say(`port ${wanted} is taken; using ${port}`);
  return startChild({
    name: 'engine',
    program: join(clone, 'engine', 'main.ts'),
    cwd: clone,
    preload: [pathToFileURL(join(import.meta.dirname, 'end-with-parent.ts')).href],
    logFile: join(kept, 'engine.log'),
    lost,
    environment: {
      HIVE_STORAGE: join(kept, 'storage'),
      HIVE_ACCESS_TOKEN_SECONDS: String(TOKEN_LIFE_SECONDS),
      ...(process.env as Record<string, string>),
      DATABASE_URL: stores.databaseUrl,
      REDIS_URL: stores.redisUrl,
      HIVE_HOST: host,
      HIVE_PORT: String(port),
    },
  });
}

/** 0 stays 0: the engine picks and reports. */
async function firstFreePort(host: string, wanted: number): Promise<number> {
  if (wanted === 0) return 0;
  for (let port = wanted; port < wanted + PORTS_TRIED; port++) if (await isFree(host, port)) return port;
  throw new Error(`no free port from ${wanted} to ${wanted + PORTS_TRIED - 1}; set HIVE_PORT to another, or to 0 for any`);
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
