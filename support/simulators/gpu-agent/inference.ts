/** One answer of a model on the card: waits for a slot, reads the prompt, makes tokens in real time, measures all of it. */
import type { Exchange } from './http.ts';
import { ApiError } from './http.ts';
import { QueueFull, type Gpu, type Slot, type Time } from './gpu-model.ts';
import { fullName, type Model } from './models.ts';
import { countTokens } from './text.ts';

export interface Agent {
  readonly slug: string;
  readonly seed: number;
  readonly models: ReadonlyMap<string, Model>;
  readonly gpu: Gpu;
  readonly time: Time;
  /** keep_alive where a request names none. */
  readonly keepAliveMs: number;
}

/** Integers in nanoseconds; Ollama leaves out those that are 0. */
export interface Timings {
  total_duration?: number;
  load_duration?: number;
  prompt_eval_count?: number;
  prompt_eval_duration?: number;
  eval_count?: number;
  eval_duration?: number;
}

const UNITS_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Numbers are seconds, text is a Go duration; negative means for ever. */
export function keepAliveOf(value: unknown, fallbackMs: number): number {
  if (value === undefined || value === null) return fallbackMs;
  if (typeof value === 'number') return value < 0 ? Infinity : value * 1_000;
  const parts = typeof value === 'string' && /^-?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(value) ? [...value.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)] : undefined;
  if (!parts && value !== '0') throw new ApiError(400, `time: invalid duration ${JSON.stringify(value)}`);
  if (String(value).startsWith('-')) return Infinity;
  return (parts ?? []).reduce((sum, [, amount, unit]) => sum + Number(amount) * UNITS_MS[unit!]!, 0);
}

export function modelOf(agent: Agent, { body }: Exchange, ability?: Model['capabilities'][number]): Model {
  const name = body['model'] ?? body['name'];
  if (name === undefined || name === '') throw new ApiError(400, 'model is required');
  if (typeof name !== 'string') throw new ApiError(400, `json: cannot unmarshal ${typeof name} into Go struct field .model of type string`);
  const model = agent.models.get(fullName(name));
  if (!model) throw new ApiError(404, `model '${name}' not found`);
  if (ability && !model.capabilities.includes(ability)) {
    const action = ability === 'completion' ? 'generate' : ability;
    throw new ApiError(400, `"${name}" does not support ${action}`);
  }
  return model;
}

async function acquire({ gpu }: Agent, model: Model, signal: AbortSignal): Promise<Slot> {
  try {
    return await gpu.acquire(model, signal);
  } catch (error) {
    if (error instanceof QueueFull) throw new ApiError(503, 'server busy, please try again.  maximum pending requests exceeded');
    throw error;
  }
}

/** Milliseconds as whole nanoseconds. */
export const nanoseconds = (ms: number) => Math.round(ms * 1e6);
const withoutZeros = (timings: Required<Timings>): Timings => Object.fromEntries(Object.entries(timings).filter(([, value]) => value !== 0));

/** Loads, or with a keep_alive of 0 unloads, and makes no token. */
export async function loadOnly(agent: Agent, model: Model, { body, signal }: Exchange): Promise<'load' | 'unload'> {
  const keepAliveMs = keepAliveOf(body['keep_alive'], agent.keepAliveMs);
  if (keepAliveMs === 0) {
    agent.gpu.unload(model);
    return 'unload';
  }
  (await acquire(agent, model, signal)).release(keepAliveMs);
  return 'load';
}

function strike({ faults }: Exchange, made: number): 'cut' | undefined {
  if (faults.cut_after_tokens === made) {
    delete faults.cut_after_tokens;
    return 'cut';
  }
  if (faults.fail_after_tokens !== made) return undefined;
  delete faults.fail_after_tokens;
  throw new ApiError(500, 'an error was encountered while running the model: CUDA error');
}

export interface Inference {
  readonly model: Model;
  readonly prompt: string;
  readonly tokens: readonly string[];
  /** False when the connection was cut on purpose. */
  readonly emit: (token: string) => Promise<void>;
  readonly cut: () => void;
}

/**
 * Resolves with the timings when the last token was emitted; undefined when the connection was cut.
 * Tokens are due at times counted from the first, so that timers that fire late do not slow the card down.
 */
export async function infer(agent: Agent, exchange: Exchange, { model, prompt, tokens, emit, cut }: Inference): Promise<Timings | undefined> {
  const { time } = agent;
  const { signal } = exchange;
  const keepAliveMs = keepAliveOf(exchange.body['keep_alive'], agent.keepAliveMs);
  const began = time.now();
  const slot = await acquire(agent, model, signal);
  try {
    const promptTokens = countTokens(prompt);
    const reading = time.now();
    await time.sleep(promptTokens * slot.msPerPromptToken(), signal);
    const writing = time.now();
    let due = writing;
    for (const [made, token] of tokens.entries()) {
      if (strike(exchange, made) === 'cut') return void cut();
      due += slot.msPerToken();
      await time.sleep(due - time.now(), signal);
      slot.tokenMade();
      await emit(token);
    }
    const done = time.now();
    return withoutZeros({
      total_duration: nanoseconds(done - began), load_duration: nanoseconds(slot.loadMs), prompt_eval_count: promptTokens,
      prompt_eval_duration: nanoseconds(writing - reading), eval_count: tokens.length, eval_duration: nanoseconds(done - writing),
    });
  } finally {
    slot.release(keepAliveMs);
  }
}
