/** What crosses the border of the room: registration, heartbeats and answers (flows hive-agent-registration, hive-agent-health-check). */
import { z } from 'zod';

const uuid = z.uuid().meta({ examples: ['0b0f8f3e-6c0e-4d0c-9d55-6a3f0a1c2b4d'] });
const moment = z.iso.datetime();
const percent = z.number().min(0).max(100);

export const agentStatus = z.enum(['offline', 'idle', 'busy', 'degraded', 'maintenance']);
const slug = z
  .string()
  .max(63)
  .regex(/^[a-z0-9][a-z0-9_-]*$/, 'expected lower-case letters, digits, - and _, such as acacia')
  .describe('Short name, unique on the platform; part of its topic and keys')
  .meta({ examples: ['acacia'] });

/** PostgreSQL's jsonb and text hold neither NUL nor half a surrogate pair. */
const words = (most: number) =>
  z.string().min(1).max(most).refine((text) => text.isWellFormed() && !text.includes('\u0000'), 'expected well-formed Unicode text without U+0000');

/** An agent's address is asked every few seconds, so it may carry neither secrets nor a query. */
const endpoint = z
  .url({ protocol: /^https?$/, error: 'expected an http or https address, such as http://192.168.1.72:11434' })
  .max(512)
  .refine((text) => {
    const address = URL.parse(text);
    return address !== null && !address.username && !address.password && !address.search && !address.hash;
  }, 'expected an address without user, password, query or fragment')
  .describe('Where the agent answers; the engine calls /api/tags, /api/ps and /health below it')
  .meta({ examples: ['http://192.168.1.72:11434'] });

const hardware = z
  .looseObject({
    gpu_type: words(255).optional(),
    vram_gb: z.number().nonnegative().optional(),
    cpu_cores: z.int().positive().optional(),
    ram_gb: z.number().nonnegative().optional(),
    simulated: z.boolean().optional().describe('True for an agent whose GPU is a model of one'),
  })
  .refine((value) => JSON.stringify(value).length <= 10_000, 'expected at most 10,000 characters of JSON');

const performanceTargets = z.strictObject({
  min_tps: z.number().nonnegative().optional().describe('Tokens per second'),
  max_response_time: z.number().positive().optional().describe('Seconds'),
});

const capability = z.strictObject({ name: words(100), proficiency: z.number().min(0).max(1) });

export const registrationBody = z
  .strictObject({
    agent_id: slug,
    name: words(255),
    endpoint,
    model: words(255).optional(),
    capabilities: z.array(capability).min(1).max(100),
    hardware: hardware.optional(),
    performance_targets: performanceTargets.optional(),
  })
  .meta({
    examples: [
      {
        agent_id: 'acacia', name: 'ACACIA Infrastructure Specialist', endpoint: 'http://192.168.1.72:11434', model: 'deepseek-r1:7b',
        capabilities: [{ name: 'devops', proficiency: 0.95 }],
        hardware: { gpu_type: 'AMD Radeon RX 7900 XTX', vram_gb: 24, cpu_cores: 16, ram_gb: 64 },
        performance_targets: { min_tps: 15, max_response_time: 30 },
      },
    ],
  });

/** What an agent says of itself; everything may be left out by an agent that cannot measure it. */
const measurements = {
  tokens_per_second: z.number().nonnegative().optional(),
  cpu_usage: percent.optional(),
  memory_usage: percent.optional(),
  gpu_usage: percent.optional(),
  gpu_memory: percent.optional(),
  gpu_temperature: z.number().min(-50).max(200).optional().describe('Degrees Celsius'),
  active_tasks: z.int().nonnegative().optional(),
  queue_length: z.int().nonnegative().optional(),
};
export const heartbeatBody = z
  .strictObject({
    status: agentStatus.exclude(['offline', 'maintenance']).optional().describe('Left out: derived from active_tasks'),
    timestamp: moment.optional().describe('When it was measured; a later heartbeat of the same moment replaces it. Left out: now'),
    ...measurements,
  })
  .default({})
  .meta({ examples: [{ status: 'busy', tokens_per_second: 18.5, cpu_usage: 67.2, memory_usage: 41, gpu_usage: 93, active_tasks: 1 }] });

/** What `GET {endpoint}/health` of an agent is read for; other fields are ignored. */
export const reportedHealth = z.object({ status: agentStatus.optional().catch(undefined), ...measurements });

export const agentPath = z.object({ agent_id: slug });
export const listQuery = z.strictObject({
  status: agentStatus.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
  cursor: slug.optional().describe('`next_cursor` of the page before'),
});

export const performance = z.object({
  response_time: z.number().nullable().describe("Seconds, measured by the engine at its last check; null in an agent's own heartbeat"),
  tokens_per_second: z.number().nullable(),
  cpu_usage: percent.nullable(),
  memory_usage: percent.nullable(),
  gpu_usage: percent.nullable(),
});
export const agentAnswer = z.object({
  id: uuid,
  agent_id: slug,
  name: z.string(),
  endpoint: z.string(),
  model: z.string().nullable(),
  specialization: z.string().nullable(),
  capabilities: z.array(capability),
  hardware: z.record(z.string(), z.unknown()).nullable(),
  performance_targets: performanceTargets.nullable(),
  status: agentStatus,
  created_at: moment,
  last_seen: moment.nullable(),
  performance: performance.nullable().describe('Of the last 30 seconds; null when nothing was heard'),
});
export const heartbeatAnswer = z.object({ agent_id: slug, status: agentStatus, last_seen: moment.nullable() });
export const agentPage = z.object({ agents: z.array(agentAnswer), next_cursor: z.string().nullable() });

/** Flow hive-agent-health-check, its field names included. Times in seconds, usage in percent (documents' conflict X40). */
export const healthCheck = performance.extend({
  agent_id: slug,
  timestamp: moment,
  available: z.boolean(),
  error_message: z.string().nullable(),
  gpu_memory: percent.nullable(),
  gpu_temperature: z.number().nullable(),
  active_tasks: z.int().nullable(),
  queue_length: z.int().nullable(),
  source: z.enum(['check', 'heartbeat']),
});

export type AgentStatus = z.infer<typeof agentStatus>;
export type Registration = z.infer<typeof registrationBody>;
export type Heartbeat = z.infer<typeof heartbeatBody>;
export type ReportedHealth = z.infer<typeof reportedHealth>;
export type ListQuery = z.infer<typeof listQuery>;
export type Performance = z.infer<typeof performance>;
export type AgentAnswer = z.infer<typeof agentAnswer>;
export type HealthCheck = z.infer<typeof healthCheck>;
