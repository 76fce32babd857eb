/** An agent makes itself known to the engine and then tells it, again and again, how it does. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Load } from './gpu-model.ts';

export interface RegistrationOptions {
  /** The engine's address. */
  readonly engineUrl: string;
  readonly token: string;
  /** As POST /api/agents takes it. */
  readonly document: { readonly agent_id: string };
  readonly load: () => Load;
  readonly everyMs: number;
  readonly tell: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Worth trying again: the engine is starting, restarting or busy. */
const passing = (status: number) => status === 429 || status >= 500;

async function post({ engineUrl, token, signal }: RegistrationOptions, path: string, body: object): Promise<Response> {
  const response = await fetch(new URL(path, engineUrl), {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
  });
  await response.arrayBuffer();
  return response;
}

/** Until it is registered; false when the engine refuses for good. */
async function register(options: RegistrationOptions): Promise<boolean> {
  for (let waitMs = 100; !options.signal.aborted; waitMs = Math.min(waitMs * 2, 5_000)) {
    try {
      const { ok, status } = await post(options, '/api/agents', options.document);
      if (ok) return true;
      options.tell(`the engine answered ${status} to the registration`);
      if (!passing(status)) return false;
    } catch (error) {
      options.tell(`the engine could not be reached: ${(error as Error).message}`);
    }
    await sleep(waitMs, undefined, { signal: options.signal }).catch(() => undefined);
  }
  return false;
}

/** False when the engine does not know the agent (any more). */
async function beat(options: RegistrationOptions): Promise<boolean> {
  try {
    const load = options.load();
    const { status } = await post(options, `/api/agents/${options.document.agent_id}/heartbeat`, { status: load.active_tasks > 0 ? 'busy' : 'idle', ...load });
    if (status !== 200) options.tell(`the engine answered ${status} to a heartbeat`);
    return status !== 404;
  } catch (error) {
    if (!options.signal.aborted) options.tell(`a heartbeat was lost: ${(error as Error).message}`);
    return true;
  }
}

/** Runs until `signal` aborts; resolves early when the engine refuses the registration for good. */
export async function keepRegistered(options: RegistrationOptions): Promise<void> {
  let known = false;
  while (!options.signal.aborted) {
    known ||= await register(options);
    if (!known) return;
    known = await beat(options);
    await sleep(options.everyMs, undefined, { signal: options.signal }).catch(() => undefined);
  }
}
