/** What crosses the border of compliance: audit pages outward, `hook.fired` records inward. */
import { z } from 'zod';

export const auditEventSchema = z
  .object({
    id: z.uuid(),
    at: z.iso.datetime(),
    category: z.enum(['audit', 'security']).describe('`security` holds denials, forged tokens, lockouts and tenant mismatches'),
    phase: z.enum(['attempt', 'outcome', 'single']).describe('An action is stored before it starts and again with its outcome, or once when it is a single moment'),
    attempt_id: z.uuid().nullable().describe('On an outcome: the attempt that it settles'),
    action: z.string().describe('Dotted verb'),
    actor_id: z.uuid().nullable(),
    resource_kind: z.string().nullable(),
    resource_id: z.string().nullable(),
    request_id: z.string(),
    ip_address: z.string().nullable(),
    outcome: z.enum(['success', 'failure', 'denied']).nullable().describe('Null on an attempt'),
    facts: z.record(z.string(), z.unknown()),
  })
  .meta({
    description: 'Something a person or the platform did or tried.',
    example: {
      id: '0f6f2f9e-3d1c-4a64-9b51-3c3f7f0f4f11', at: '2026-11-21T09:30:00.000Z', category: 'security', phase: 'single', attempt_id: null,
      action: 'access.denied', actor_id: '7a0f9a34-58ef-4b0a-8f0c-6a3f2f7f1c55', resource_kind: 'workflows', resource_id: '5b8a9c1e-8f7d-4b3e-9d15-1f0e6f3a2b10',
      request_id: 'c0a8012a', ip_address: '203.0.113.7', outcome: 'denied', facts: { permission: 'workflows.execute', reason: 'owner' },
    },
  });

export const auditPage = z
  .object({
    events: z.array(auditEventSchema),
    next: z.string().nullable().describe('Cursor of the page of older events; null on the last page'),
  })
  .meta({ description: 'Newest first.' });

export const auditQuery = z.object({
  category: z.enum(['audit', 'security']).optional().meta({ description: 'Only this category', example: 'security' }),
  action: z.string().min(1).max(100).optional().meta({ description: 'Only this action', example: 'access.denied' }),
  resource_kind: z.string().min(1).max(100).optional().meta({ description: 'Only this kind of resource', example: 'workflows' }),
  resource_id: z.string().min(1).max(200).optional().meta({ description: 'Only this resource' }),
  request_id: z.string().min(1).max(200).optional().meta({ description: 'Only what this request caused; the id is in every answer' }),
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'Events a page', example: 50 }),
  cursor: z.string().min(1).max(100).optional().meta({ description: '`next` of the page before' }),
});

export type AuditQuery = z.infer<typeof auditQuery>;

export const executionPath = z.object({ id: z.uuid().meta({ description: 'Id of the execution' }) });

export const hookEvents = ['workflow:start', 'task:will:call', 'task:did:call', 'workflow:complete', 'error:occurred'] as const;

export const executionAudit = z
  .object({
    records: z.array(
      z.object({
        sequence: z.number().int().describe('Strictly growing within the execution'),
        event: z.enum(hookEvents),
        audit: z.string().describe("The record's documented name"),
        level: z.enum(['info', 'error']),
        node: z.string().nullable().describe('The task that the hook is about'),
        at: z.iso.datetime(),
        workflow_id: z.uuid(),
        facts: z.record(z.string(), z.unknown()),
      }),
    ),
  })
  .meta({
    description: 'One record for each hook that fired, in order (flow hq-hook-events).',
    example: {
      records: [{
        sequence: 1, event: 'workflow:start', audit: 'Log Workflow Start', level: 'info', node: null,
        at: '2026-11-21T09:30:00.000Z', workflow_id: '5b8a9c1e-8f7d-4b3e-9d15-1f0e6f3a2b10', facts: {},
      }],
    },
  });

/** Body of the journal's `hook.fired` records, as `execution` writes them. */
export const hookFired = z.object({
  executionId: z.uuid(),
  tenantId: z.uuid(),
  workflowId: z.uuid(),
  event: z.enum(hookEvents),
  sequence: z.number().int().positive(),
  audit: z.string(),
  /** Milliseconds since the epoch; the record's own time where it is absent. */
  at: z.number().optional(),
  node: z.string().optional(),
  facts: z.record(z.string(), z.unknown()).optional(),
});

/** Body of the journal's `audit.recorded` records: one finished action whose audit must be exact in number. */
export const auditRecorded = z.object({
  /** Of the row; made with the record, so that applying it again adds nothing. */
  id: z.uuid(),
  tenantId: z.uuid(),
  actorId: z.uuid(),
  action: z.string(),
  resourceKind: z.string(),
  resourceId: z.string(),
  requestId: z.string(),
  ipAddress: z.string(),
  outcome: z.enum(['success', 'failure']),
  /** Milliseconds since the epoch. */
  at: z.number(),
  facts: z.record(z.string(), z.unknown()),
});
export type AuditRecorded = z.infer<typeof auditRecorded>;
