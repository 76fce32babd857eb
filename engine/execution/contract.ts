/** What crosses the border of the room: requests, answers and their examples. Everything else derives from these. */
import { z } from 'zod';

const uuid = z.uuid().meta({ examples: ['0b0f8f3e-6c0e-4d0c-9d55-6a3f0a1c2b4d'] });
const moment = z.iso.datetime();

export const executionPath = z.object({ id: uuid.describe('The execution') });
export const workflowPath = z.object({ id: uuid.describe('The workflow') });

/** Each element becomes an item, an object of its own: ten megabytes of `[0,0,...]` would become a gigabyte. */
const MOST_ITEMS = 100_000;

/** Text of a JSON number may be beyond what a number holds (1e400); kept as null it would no longer be what was given. */
const holdsInfinity = (value: unknown): boolean =>
  typeof value === 'number' ? !Number.isFinite(value) : typeof value === 'object' && value !== null && Object.values(value).some(holdsInfinity);

// Not z.json(): the gateway parsed this from JSON, and looking at each value again takes a second for ten megabytes.
const input = z.unknown().superRefine((value, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  if (Array.isArray(value) && value.length > MOST_ITEMS) refuse(`a list of at most ${MOST_ITEMS} items`);
  if (holdsInfinity(value)) refuse('numbers no larger than 1.7976931348623157e308');
});

const startFields = {
  input: input
    .optional()
    .describe('JSON for the start node: an array is one item an element, anything else is one item')
    .meta({ examples: [{ order: 42 }] }),
  mode: z
    .enum(['sync', 'async'])
    .default('sync')
    .describe('`sync` waits for the end up to a limit and then answers 202; `async` answers 202 at once'),
  run_mode: z.enum(['test', 'production']).default('production').describe('In `test`, pinned nodes give their pinned data instead of running'),
  start_node: z.string().min(1).max(255).optional().describe("Name of the node to start at; n8n's rule chooses when it is absent"),
};

export const executeBody = z.strictObject(startFields).default({ mode: 'sync', run_mode: 'production' });
export const executeByIdBody = z.strictObject({ workflow_id: uuid, ...startFields });
export type ExecuteBody = z.infer<typeof executeBody>;

export const executionStatus = z.enum(['pending', 'running', 'recovering', 'completed', 'failed', 'cancelled']);
const phase = z.enum(['PENDING', 'RUNNING', 'TRANSITIONING', 'RECOVERING', 'COMPLETED']);
const failure = z.object({ message: z.string(), code: z.string().nullable(), node: z.string().nullable() });

export const executeAnswer = z.object({
  execution_id: uuid,
  status: executionStatus,
  states_visited: z.array(z.string()).describe('Nodes in the order in which they ran'),
  result: z.array(z.json()).nullable().describe("The last node's items; null while running and after a failure"),
  error: failure.nullable(),
});

export const executionSummary = z.object({
  id: uuid,
  workflow_id: uuid,
  workflow_version: z.int(),
  status: executionStatus,
  phase,
  current_state: z.string().nullable(),
  client_channel: z.string(),
  created_at: moment,
  started_at: moment.nullable(),
  completed_at: moment.nullable(),
  duration_ms: z.int().nullable(),
});

export const executionDetail = executionSummary.extend({
  mode: z.enum(['test', 'production']),
  states_visited: z.array(z.string()),
  input_data: z.json(),
  output_data: z.json(),
  error: failure.nullable(),
  started_by: uuid,
  correlation_id: z.string(),
  phases: z.array(
    z.object({ sequence: z.int(), from_phase: phase.nullable(), to_phase: phase, cause: z.string(), node: z.string().nullable(), at: moment }),
  ),
});

export const executionSteps = z.object({
  steps: z.array(
    z.object({
      execution_index: z.int(),
      attempt: z.int(),
      node: z.string(),
      run_index: z.int(),
      kind: z.enum(['pure', 'effect', 'wait']),
      status: z.enum(['success', 'error']),
      source: z.json(),
      output_data: z.json().describe('One list of items an output'),
      error: z.json(),
      started_at: moment,
      completed_at: moment,
    }),
  ),
});

export const listQuery = z.object({
  workflow_id: uuid.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.base64url().optional().describe('`next_cursor` of the page before'),
});
export const executionPage = z.object({ executions: z.array(executionSummary), next_cursor: z.string().nullable() });
