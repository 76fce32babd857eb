/** The endpoints that Ollama offers to clients of OpenAI's API: chat completions and the list of models. */
import { ApiError, type Exchange, type Routes } from './http.ts';
import { infer, modelOf, type Agent, type Timings } from './inference.ts';
import { seedOf } from './chance.ts';
import { MODIFIED_AT, type Model } from './models.ts';
import { speak, toolCall, tokensOf, type Tool } from './text.ts';

interface Part {
  readonly type?: string;
  readonly text?: string;
}
interface Message {
  readonly role?: string;
  readonly content?: string | readonly Part[] | null;
}

const wordsOf = ({ role = '', content }: Message) => `${role}: ${Array.isArray(content) ? content.map((part: Part) => part.text ?? '').join('') : (content ?? '')}`;

function promptOf({ body }: Exchange): string {
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length === 0) throw new ApiError(400, "[] is too short - 'messages'");
  return (messages as Message[]).map(wordsOf).join('\n');
}

/** response_format: json_object, or json_schema with the schema inside. */
function formatOf({ body }: Exchange): unknown {
  const format = body['response_format'] as { type?: string; json_schema?: { schema?: unknown } } | undefined;
  return format?.type === 'json_schema' ? format.json_schema?.schema : format?.type === 'json_object' ? 'json' : undefined;
}

function plan(agent: Agent, exchange: Exchange, { model, prompt }: { model: Model; prompt: string }) {
  const { body } = exchange;
  const mostTokens = (body['max_completion_tokens'] ?? body['max_tokens']) as number | undefined;
  const wanted = { model: model.name, prompt, seed: [agent.seed, Number(body['seed'] ?? 0)], format: formatOf(exchange), mostTokens };
  const call = toolCall(Array.isArray(body['tools']) ? (body['tools'] as Tool[]) : [], wanted);
  if (!call) return { call, ...speak(wanted) };
  // Here, other than under /api, arguments are JSON text.
  const calls = [{ id: `call_${seedOf(prompt).toString(36)}`, index: 0, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.arguments) } }];
  return { call: calls, tokens: tokensOf(JSON.stringify(call)), doneReason: 'tool_calls' as const };
}

const usageOf = ({ prompt_eval_count: read = 0, eval_count: written = 0 }: Timings) => ({ prompt_tokens: read, completion_tokens: written, total_tokens: read + written });

async function completion(agent: Agent, exchange: Exchange) {
  const model = modelOf(agent, exchange);
  if (!model.capabilities.includes('completion')) throw new ApiError(400, `"${exchange.body['model']}" does not support chat`);
  const prompt = promptOf(exchange);
  const { call, tokens, doneReason } = plan(agent, exchange, { model, prompt });
  const streaming = exchange.body['stream'] === true;
  const envelope = { id: `chatcmpl-${seedOf(prompt, agent.time.now()) % 1_000}`, created: Math.floor(Date.now() / 1_000), model: model.name, system_fingerprint: 'fp_ollama' };
  const out = streaming ? exchange.stream('text/event-stream') : undefined;
  const send = async (choices: object[], rest: object = {}) => out?.write(`data: ${JSON.stringify({ ...envelope, object: 'chat.completion.chunk', choices, ...rest })}\n\n`);
  const delta = (fields: object, finish: string | null = null) => [{ index: 0, delta: { role: 'assistant', ...fields }, finish_reason: finish }];

  const emit = async (token: string) => void (call || (await send(delta({ content: token }))));
  const timings = await infer(agent, exchange, { model, prompt, tokens, emit, cut: () => (out ?? exchange.stream('application/json')).cut() });
  if (!timings) return;
  if (!out) {
    const message = { role: 'assistant', content: call ? '' : tokens.join(''), ...(call ? { tool_calls: call } : {}) };
    return exchange.json(200, { ...envelope, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: doneReason }], usage: usageOf(timings) });
  }
  if (call) await send(delta({ content: '', tool_calls: call }));
  await send(delta({ content: '' }, doneReason));
  const { include_usage: wantsUsage } = (exchange.body['stream_options'] ?? {}) as { include_usage?: boolean };
  if (wantsUsage) await send([], { usage: usageOf(timings) });
  await out.write('data: [DONE]\n\n');
  out.end();
}

export function openaiRoutes(agent: Agent): Routes {
  const created = Date.parse(MODIFIED_AT) / 1_000;
  const data = [...agent.models.values()].map(({ name }) => ({ id: name, object: 'model', created, owned_by: 'library' }));
  return {
    'GET /v1/models': (exchange) => exchange.json(200, { object: 'list', data }),
    'POST /v1/chat/completions': (exchange) => completion(agent, exchange),
  };
}
