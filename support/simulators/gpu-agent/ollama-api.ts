/** Ollama's own endpoints under /api. */
import { ApiError, type Exchange, type Routes } from './http.ts';
import { infer, loadOnly, modelOf, nanoseconds, type Agent } from './inference.ts';
import { detailsOf, MODIFIED_AT, type Model } from './models.ts';
import { countTokens, embedding, speak, toolCall, tokensOf, type Tool } from './text.ts';

const VERSION = '0.30.0';
const EMBEDDING_DIMENSIONS = 768;
/** What Go prints for a time that never comes. */
const FOR_EVER = '2318-12-31T23:59:59Z';

/** RFC 3339 with nanoseconds, as Go writes it. */
function moment(): string {
  const at = performance.timeOrigin + performance.now();
  const nanos = String(Math.floor((at % 1) * 1e6)).padStart(6, '0');
  return new Date(Math.floor(at)).toISOString().replace('Z', `${nanos}Z`);
}

const listed = (model: Model) => ({ name: model.name, model: model.name, modified_at: MODIFIED_AT, size: model.size, digest: model.digest, details: detailsOf(model), capabilities: model.capabilities });

function running({ gpu, time }: Agent) {
  const expiry = (at: number) => (at === Infinity ? FOR_EVER : new Date(Date.now() + at - time.now()).toISOString());
  return gpu.loaded().map(({ model, vramBytes, expiresAt }) => ({
    name: model.name, model: model.name, size: Math.max(vramBytes, model.size), digest: model.digest, details: detailsOf(model),
    expires_at: expiry(expiresAt), size_vram: vramBytes, context_length: model.contextLength,
  }));
}

interface Message {
  readonly role: string;
  readonly content: string;
}

/** How the two endpoints differ: where the text comes from, and the field that holds what the model says. */
interface Dialect {
  readonly prompt: (exchange: Exchange) => string;
  /** The part of a line that carries `text`; the last line carries empty text. */
  readonly says: (text: string, rest?: { thinking?: string; tool_calls?: unknown }) => object;
  readonly tools: (exchange: Exchange) => readonly Tool[];
  /** Only in the last line. */
  readonly closes: (prompt: string, answer: string) => object;
}

function messagesOf({ body }: Exchange): Message[] {
  const messages = body['messages'] ?? [];
  if (!Array.isArray(messages)) throw new ApiError(400, 'json: cannot unmarshal value into Go struct field ChatRequest.messages of type []api.Message');
  return messages.map((message: Partial<Message>) => ({ role: message.role ?? '', content: message.content ?? '' }));
}

const generate: Dialect = {
  prompt: ({ body }) => [body['system'], body['prompt']].filter((part) => typeof part === 'string' && part !== '').join('\n'),
  says: (response, rest = {}) => ({ response, ...rest }),
  tools: () => [],
  closes: (prompt, answer) => ({ context: [...tokensOf(prompt), ...tokensOf(answer)].map((token) => token.length * 31 + token.charCodeAt(0)) }),
};

const chat: Dialect = {
  prompt: (exchange) => messagesOf(exchange).map(({ role, content }) => `${role}: ${content}`).join('\n'),
  says: (content, rest = {}) => ({ message: { role: 'assistant', content, ...rest } }),
  tools: ({ body }) => (Array.isArray(body['tools']) ? (body['tools'] as Tool[]) : []),
  closes: () => ({}),
};

/** Streaming is the default. Without it the pieces are collected into one object. */
function createOutput(exchange: Exchange) {
  const streaming = exchange.body['stream'] !== false;
  const out = streaming ? exchange.stream('application/x-ndjson') : undefined;
  // The name as it was asked for, with or without its tag.
  const line = (fields: object) => ({ model: exchange.body['model'], created_at: moment(), ...fields });
  return {
    streaming,
    piece: async (fields: object) => out?.write(`${JSON.stringify(line({ ...fields, done: false }))}\n`),
    last: async (fields: object) => {
      if (!out) return exchange.json(200, line({ ...fields, done: true }));
      await out.write(`${JSON.stringify(line({ ...fields, done: true }))}\n`);
      out.end();
    },
    /** An error after the first piece is a line under status 200. */
    failed: async (message: string) => {
      await out?.write(`${JSON.stringify({ error: message })}\n`);
      out?.end();
    },
    cut: () => (out ?? exchange.stream('application/json')).cut(),
  };
}

function optionsOf({ body }: Exchange): { num_predict?: number; seed?: number } {
  return typeof body['options'] === 'object' && body['options'] !== null ? body['options'] : {};
}

/** What the model is going to say; decided before the first token, so that it does not depend on timing. */
function plan(agent: Agent, exchange: Exchange, { model, prompt, tools }: { model: Model; prompt: string; tools: readonly Tool[] }) {
  const { num_predict: mostTokens, seed = 0 } = optionsOf(exchange);
  const wanted = { model: model.name, prompt, seed: [agent.seed, seed], format: exchange.body['format'], mostTokens };
  const call = toolCall(tools, wanted);
  const thinking = exchange.body['think'] === true ? speak({ ...wanted, prompt: `think ${prompt}`, format: undefined, mostTokens: 12 }).tokens : [];
  const said = call ? { tokens: tokensOf(JSON.stringify(call)), doneReason: 'stop' as const } : speak(wanted);
  return { call: call && [{ function: { index: 0, ...call } }], thinking, ...said };
}

async function answer(agent: Agent, exchange: Exchange, { model, dialect }: { model: Model; dialect: Dialect }) {
  const prompt = dialect.prompt(exchange);
  const { call, thinking, tokens, doneReason } = plan(agent, exchange, { model, prompt, tools: dialect.tools(exchange) });
  const output = createOutput(exchange);
  let made = 0;
  const emit = async (token: string) => {
    made += 1;
    if (made <= thinking.length) await output.piece(dialect.says('', { thinking: token }));
    else if (!call) await output.piece(dialect.says(token));
  };
  try {
    const timings = await infer(agent, exchange, { model, prompt, tokens: [...thinking, ...tokens], emit, cut: output.cut });
    if (!timings) return;
    if (call && output.streaming) await output.piece(dialect.says('', { tool_calls: call }));
    const text = call ? '' : tokens.join('');
    const whole = output.streaming ? dialect.says('') : dialect.says(text, { ...(thinking.length > 0 ? { thinking: thinking.join('') } : {}), ...(call ? { tool_calls: call } : {}) });
    await output.last({ ...whole, done_reason: doneReason, ...dialect.closes(prompt, text), ...timings });
  } catch (error) {
    if (made === 0 || !output.streaming) throw error;
    await output.failed((error as Error).message);
  }
}

/** An empty prompt loads the model, or with a keep_alive of 0 unloads it. */
const conversation = (agent: Agent, dialect: Dialect, action: string) => async (exchange: Exchange) => {
  const model = modelOf(agent, exchange);
  const name = String(exchange.body['model']);
  if (!model.capabilities.includes('completion')) throw new ApiError(400, `"${name}" does not support ${action}`);
  if (exchange.body['think'] === true && !model.capabilities.includes('thinking')) throw new ApiError(400, `"${name}" does not support thinking`);
  if (dialect.prompt(exchange) !== '') return answer(agent, exchange, { model, dialect });
  const doneReason = await loadOnly(agent, model, exchange);
  await createOutput(exchange).last({ ...dialect.says(''), done_reason: doneReason });
};

function show(model: Model) {
  return {
    modelfile: `FROM ${model.name}\n`, parameters: '', template: '{{ .Prompt }}', details: detailsOf(model),
    model_info: { 'general.architecture': model.family, 'general.parameter_count': Math.round(model.billions * 1e9), [`${model.family}.context_length`]: model.contextLength },
    capabilities: model.capabilities, modified_at: MODIFIED_AT,
  };
}

async function embed(agent: Agent, exchange: Exchange) {
  const model = modelOf(agent, exchange, 'embedding');
  const { input } = exchange.body;
  const texts = (Array.isArray(input) ? input : input === undefined || input === '' ? [] : [input]).map(String);
  const dimensions = Math.min(Math.max(Number(exchange.body['dimensions'] ?? EMBEDDING_DIMENSIONS) || EMBEDDING_DIMENSIONS, 1), EMBEDDING_DIMENSIONS);
  if (texts.length === 0) return exchange.json(200, { model: exchange.body['model'], embeddings: [] });
  const began = agent.time.now();
  const timings = await infer(agent, exchange, { model, prompt: texts.join('\n'), tokens: [], emit: async () => undefined, cut: () => undefined });
  exchange.json(200, {
    model: exchange.body['model'], embeddings: texts.map((text) => embedding(text, dimensions)), total_duration: nanoseconds(agent.time.now() - began),
    ...(timings?.load_duration ? { load_duration: timings.load_duration } : {}), prompt_eval_count: texts.reduce((sum, text) => sum + countTokens(text), 0),
  });
}

export function ollamaRoutes(agent: Agent): Routes {
  const alive = (exchange: Exchange) => exchange.text(200, 'Ollama is running');
  return {
    'GET /': alive,
    'HEAD /': alive,
    'GET /api/version': (exchange) => exchange.json(200, { version: VERSION }),
    'GET /api/tags': (exchange) => exchange.json(200, { models: [...agent.models.values()].map(listed) }),
    'GET /api/ps': (exchange) => exchange.json(200, { models: running(agent) }),
    'POST /api/show': (exchange) => exchange.json(200, show(modelOf(agent, exchange))),
    'POST /api/generate': conversation(agent, generate, 'generate'),
    'POST /api/chat': conversation(agent, chat, 'chat'),
    'POST /api/embed': (exchange) => embed(agent, exchange),
    // Not Ollama's: what a node exporter beside it would tell. `simulated` marks that the card is a model of one.
    'GET /health': (exchange) => {
      const load = agent.gpu.load();
      exchange.json(200, { status: load.active_tasks > 0 ? 'busy' : 'idle', ...load, simulated: true });
    },
  };
}
