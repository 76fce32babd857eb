/**
 * One health check of one agent over its own HTTP door: what it has (`/api/tags`), what it holds in memory
 * (`/api/ps`) and, where it has one, what it says of its load (`/health`; a bare Ollama has none).
 *
 * The response time is measured here, around the call; nothing of it is taken from the agent's word.
 */
import { currentTrace, traced } from '../kernel/index.ts';
import { z } from 'zod';
import { reportedHealth, type AgentStatus, type HealthCheck, type ReportedHealth } from './contract.ts';

export interface ProbedAgent {
  readonly agentId: string;
  readonly endpoint: string;
  readonly model: string | null;
  /** Seconds. */
  readonly maxResponseTime: number | undefined;
}

export interface Probe {
  readonly status: AgentStatus;
  readonly check: HealthCheck;
}

export interface ProbeOptions {
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Aborted when the process stops. */
  readonly signal: AbortSignal;
}

/** An agent that answers more than this to a health check is not in order. */
const MOST_BYTES = 1_000_000;

const models = z.object({ models: z.array(z.object({ name: z.string() })) });

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error(`the answer is longer than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

type Get = (path: string) => Promise<{ status: number; body: unknown }>;

/** Redirects are refused: they would lead the engine to addresses that nobody registered. */
function caller(endpoint: string, signal: AbortSignal): Get {
  const base = endpoint.replace(/\/+$/, '');
  return async (path) => {
    const response = await fetch(base + path, { signal, redirect: 'error', headers: { accept: 'application/json', ...currentTrace() } });
    const text = await readLimited(response);
    return { status: response.status, body: response.ok ? JSON.parse(text) : undefined };
  };
}

async function expectModels(get: Get, path: string): Promise<string[]> {
  const { status, body } = await get(path);
  if (status !== 200) throw new Error(`${path} answered ${status}`);
  return models.parse(body).models.map(({ name }) => name);
}

async function readHealth(get: Get): Promise<ReportedHealth> {
  const { status, body } = await get('/health');
  if (status === 404) return {};
  if (status !== 200) throw new Error(`/health answered ${status}`);
  return reportedHealth.parse(body);
}

function explain(error: unknown): string {
  if (error instanceof z.ZodError) return `an answer was not understood: ${error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`.slice(0, 500);
  const { message, cause } = error as Error & { cause?: { message?: string; code?: string } };
  return [message, cause?.code ?? cause?.message].filter(Boolean).join(': ').slice(0, 500) || 'failed without a message';
}

/** The record of flow hive-agent-health-check; what the agent did not say is null. */
export function healthRecord(agentId: string, facts: ReportedHealth & Partial<HealthCheck> & Pick<HealthCheck, 'timestamp' | 'available' | 'source'>): HealthCheck {
  const { timestamp, available, source, response_time = null, error_message = null } = facts;
  const { tokens_per_second = null, cpu_usage = null, memory_usage = null, gpu_usage = null, gpu_memory = null, gpu_temperature = null, active_tasks = null, queue_length = null } = facts;
  return {
    agent_id: agentId, timestamp, response_time, tokens_per_second, cpu_usage, memory_usage, gpu_usage, available, error_message,
    gpu_memory, gpu_temperature, active_tasks, queue_length, source,
  };
}

/** `llama3` and `llama3:latest` name the same model. */
const bears = (names: readonly string[], model: string) => names.includes(model) || names.includes(`${model}:latest`);

/** Degraded: it answers, but without the model it registered, or slower than it promised. */
function statusOf(agent: ProbedAgent, seen: { available: readonly string[]; responseTime: number; health: ReportedHealth }): AgentStatus {
  const tooSlow = agent.maxResponseTime !== undefined && seen.responseTime > agent.maxResponseTime;
  const modelGone = agent.model !== null && !bears(seen.available, agent.model);
  if (tooSlow || modelGone || seen.health.status === 'degraded') return 'degraded';
  return (seen.health.active_tasks ?? 0) > 0 ? 'busy' : 'idle';
}

async function ask(agent: ProbedAgent, get: Get, timestamp: string): Promise<Probe> {
  const began = performance.now();
  const available = await expectModels(get, '/api/tags');
  const responseTime = (performance.now() - began) / 1_000;
  const [health] = await Promise.all([readHealth(get), expectModels(get, '/api/ps')]);
  const { status: _, ...measured } = health;
  return {
    status: statusOf(agent, { available, responseTime, health }),
    check: healthRecord(agent.agentId, { ...measured, timestamp, response_time: responseTime, available: true, source: 'check' }),
  };
}

/** Never rejects: an agent that cannot be asked is offline, and the record says why. */
export async function probe(agent: ProbedAgent, { timeoutMs, now, signal }: ProbeOptions): Promise<Probe> {
  const timestamp = new Date(now()).toISOString();
  const get = caller(agent.endpoint, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  try {
    return await traced({ from: 'agents', to: 'gpu-agent', message: 'health check', facts: { agent: agent.agentId } }, () => ask(agent, get, timestamp));
  } catch (error) {
    const check = healthRecord(agent.agentId, { timestamp, available: false, error_message: explain(error), source: 'check' });
    return { status: 'offline', check };
  }
}
