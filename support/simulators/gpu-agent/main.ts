/**
 * A GPU agent as a separate process: Ollama's HTTP API over a model of a graphics card. It knows nothing of the
 * engine but its address.
 *
 *   GET /__requests [?path=]   what arrived, in order          DELETE /__requests   forgets it
 *   POST /__faults {delay_ms, next: {status, error}, fail_after_tokens, cut_after_tokens}
 *
 * Ends on SIGTERM and when its IPC channel closes.
 */
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGpu } from './gpu-model.ts';
import { createAgentServer } from './http.ts';
import type { Agent } from './inference.ts';
import { fullName, modelNamed } from './models.ts';
import { ollamaRoutes } from './ollama-api.ts';
import { openaiRoutes } from './openai-api.ts';
import { keepRegistered } from './registration.ts';

const GIGABYTE = 1e9;
const setting = (name: string, fallback: string) => process.env[`AGENT_${name}`] || fallback;
const numeric = (name: string, fallback: number) => {
  const value = Number(setting(name, String(fallback)));
  if (!Number.isFinite(value) || value < 0) throw new Error(`AGENT_${name} is "${setting(name, '')}", expected a number of 0 or more`);
  return value;
};

const slug = setting('SLUG', 'acacia');
const seed = numeric('SEED', 1);
const vramGb = numeric('VRAM_GB', 24);
/** The first one is what the agent registers with. */
const modelNames = setting('MODELS', 'deepseek-r1:7b,llama3.1:8b,nomic-embed-text').split(',');
/** `name:proficiency`, the first is what it is best at. */
const capabilities = setting('CAPABILITIES', 'devops:0.95,architecture:0.9,deployment:0.88').split(',').map((entry) => {
  const [name = '', proficiency = '0.5'] = entry.split(':');
  return { name, proficiency: Number(proficiency) };
});

const time = {
  now: () => performance.now(),
  sleep: async (ms: number, signal: AbortSignal) => {
    signal.throwIfAborted();
    if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
  },
};
const gpu = createGpu({
  vramBytes: vramGb * GIGABYTE,
  tokensPerSecond: numeric('TOKENS_PER_SECOND', 60),
  loadBytesPerSecond: numeric('LOAD_GB_PER_SECOND', 20) * GIGABYTE,
  parallel: numeric('NUM_PARALLEL', 1),
  maxQueue: numeric('MAX_QUEUE', 512),
  seed,
  time,
});
const agent: Agent = { slug, seed, gpu, time, keepAliveMs: 300_000, models: new Map(modelNames.map((name) => [fullName(name), modelNamed(name)])) };

const server = createAgentServer({ ...ollamaRoutes(agent), ...openaiRoutes(agent) });
const ending = new AbortController();

function end() {
  ending.abort();
  server.close();
  server.closeAllConnections();
  process.exit(0);
}

function announce(url: string) {
  process.send?.({ type: 'listening', url });
  if (!process.connected) console.log(`agent ${slug} listens at ${url}`);
  const engineUrl = setting('REGISTER_URL', '');
  if (!engineUrl) return;
  const document = {
    agent_id: slug,
    name: setting('NAME', `${slug.toUpperCase()} Simulated Specialist`),
    endpoint: url,
    model: modelNames[0],
    capabilities,
    hardware: { gpu_type: setting('GPU_TYPE', 'AMD Radeon RX 7900 XTX'), vram_gb: vramGb, cpu_cores: 16, ram_gb: 64, simulated: true },
    performance_targets: { min_tps: numeric('MIN_TPS', 15), max_response_time: numeric('MAX_RESPONSE_TIME', 30) },
  };
  const tell = (message: string) => console.error(`agent ${slug}: ${message}`);
  void keepRegistered({ engineUrl, token: setting('TOKEN', ''), document, load: gpu.load, everyMs: numeric('HEARTBEAT_MS', 5_000), tell, signal: ending.signal });
}

server.listen(numeric('PORT', 0), '127.0.0.1', () => announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.once('disconnect', end);
process.once('SIGTERM', end);
