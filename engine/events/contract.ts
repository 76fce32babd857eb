import { z } from 'zod';

/** Families with a subject (`execution.{id}`, `agent.{slug}`, `alerts.{severity}`) and the platform's own (`cluster.status`). */
export const topicSchema = z
  .string()
  .max(200)
  .regex(/^[a-z]+(\.[\w-]+)?$/, 'expected a family and one subject, such as execution.{id}');

export const busEventSchema = z.object({
  topic: topicSchema,
  tenantId: z.string().optional(),
  type: z.string().min(1),
  timestamp: z.number(),
  data: z.record(z.string(), z.unknown()),
  sequence: z.number().int().nonnegative(),
});

/** What travels through Redis: the event, who published it, and the trace that it belongs to. */
export const envelopeSchema = z.object({
  source: z.string(),
  trace: z.record(z.string(), z.string()),
  event: busEventSchema,
});

export type Envelope = z.infer<typeof envelopeSchema>;
