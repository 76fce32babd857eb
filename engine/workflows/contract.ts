/** What crosses the border of the room: requests, answers and their examples. */
import { z } from 'zod';
import { formatFault } from './import.ts';

const uuid = z.uuid().meta({ examples: ['0b0f8f3e-6c0e-4d0c-9d55-6a3f0a1c2b4d'] });
const moment = z.iso.datetime();

/** Flow hive-input-validation, its words included. */
const name = z
  .string('Name must be 3-255 characters')
  .min(3, 'Name must be 3-255 characters')
  .max(255, 'Name must be 3-255 characters')
  .describe('Shown in lists; need not be unique')
  .meta({ examples: ['Greet the new customer'] });

/** Only the outer shape is checked here; the import checks the rest and answers with every place at once. */
const n8nData = z
  .unknown()
  .superRefine((value, check) => {
    const fault = formatFault(value);
    if (fault) check.addIssue({ code: 'custom', message: `Invalid n8n workflow format: found ${fault.found}, expected ${fault.expected}`, input: value });
  })
  .meta({
    type: 'object',
    required: ['nodes', 'connections'],
    properties: { nodes: { type: 'array', items: { type: 'object' } }, connections: { type: 'object' } },
    description: "A workflow as n8n exports it. `name` inside it is not used; the workflow's name is the field beside it.",
    examples: [
      {
        nodes: [
          { id: 'a', name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
          { id: 'b', name: 'Pass on', type: 'n8n-nodes-base.noOp', typeVersion: 1, position: [200, 0], parameters: {} },
        ],
        connections: { Start: { main: [[{ node: 'Pass on', type: 'main', index: 0 }]] } },
        settings: { executionOrder: 'v1' },
      },
    ],
  });

const description = z.string().max(10_000).nullish().describe('What the workflow is for');
const expectedVersion = z.int().positive().optional().describe('The version that the change was made to; another one by now gives 409');

export const createBody = z.strictObject({ name, description, n8n_data: n8nData });
export const updateBody = z.strictObject({ name, description, n8n_data: n8nData, expected_version: expectedVersion });
export const activationBody = z.strictObject({ active: z.boolean().describe('An inactive workflow is kept but cannot be executed') });

export const workflowPath = z.object({ id: uuid.describe('The workflow') });
export const versionPath = workflowPath.extend({ version: z.coerce.number().int().positive().max(2_147_483_647).describe('Counted from 1') });
export const listQuery = z.strictObject({
  active: z.enum(['true', 'false']).transform((text) => text === 'true').optional().describe('Only those that can, or cannot, be executed'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.base64url().max(200).optional().describe('`next_cursor` of the page before'),
});

const warning = z.object({
  code: z.enum(['DUPLICATE_NAME', 'UNKNOWN_CONNECTION', 'UNREACHABLE_NODE', 'NO_START_NODE', 'UNSUPPORTED_NODE', 'UNKNOWN_PINNED_NODE']),
  message: z.string(),
  nodes: z.array(z.string()),
});
const nodeReport = z.object({
  node: z.string(),
  type: z.string(),
  type_version: z.number(),
  verdict: z.enum(['understood', 'defaulted', 'unsupported', 'ignored']),
  defaulted: z.array(z.string()).describe('Fields that were absent and took their default'),
});
export const mcpTool = z.object({
  name: z.string(),
  description: z.string(),
  inputSchema: z.record(z.string(), z.unknown()),
  node: z.string(),
  nodeType: z.string(),
});

export const workflowSummary = z.object({
  id: uuid,
  name: z.string(),
  description: z.string().nullable(),
  version: z.int(),
  active: z.boolean(),
  status: z.enum(['draft', 'active', 'archived']),
  created_by: uuid,
  created_at: moment,
  updated_at: moment,
});
export const workflowDetail = workflowSummary.extend({
  n8n_data: z.unknown().describe('As it was sent'),
  mcp_tools: z.array(mcpTool).describe('Its nodes as MCP tools'),
});
export const workflowStored = workflowDetail.extend({
  warnings: z.array(warning).describe('Allowed, but probably not meant'),
  import_report: z.array(nodeReport),
});
export const workflowPage = z.object({ workflows: z.array(workflowSummary), next_cursor: z.string().nullable() });

export const versionSummary = z.object({ workflow_id: uuid, version: z.int(), name: z.string(), created_by: uuid, created_at: moment });
export const versionDetail = versionSummary.extend({ n8n_data: z.unknown(), mcp_tools: z.array(mcpTool) });
export const versionList = z.object({ versions: z.array(versionSummary) });

export type CreateBody = z.infer<typeof createBody>;
export type UpdateBody = z.infer<typeof updateBody>;
export type ListQuery = z.infer<typeof listQuery>;
export type WorkflowSummary = z.infer<typeof workflowSummary>;
export type WorkflowDetail = z.infer<typeof workflowDetail>;
export type WorkflowStored = z.infer<typeof workflowStored>;
export type VersionSummary = z.infer<typeof versionSummary>;
export type VersionDetail = z.infer<typeof versionDetail>;
