/** What crosses the border of tenancy. */
import { z } from 'zod';

const isTimezone = (name: string) => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
};

/** Short name of a tenant: fit for a host name, and never to be mistaken for an id. */
export const tenantSlug = z
  .string()
  .min(2)
  .max(63)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'small letters, digits and single hyphens between them')
  .refine((slug) => !z.uuid().safeParse(slug).success, 'a short name, not an id')
  .meta({ description: 'Short name, unique on the platform; accepted in X-Tenant-ID', example: 'acme' });

export const tenantName = z.string().trim().min(1).max(200).meta({ description: 'Name as people write it', example: 'Acme Ltd' });

/** Strict: a misspelt setting is refused instead of being kept without effect. */
export const tenantSettings = z
  .strictObject({
    rateLimitPerMinute: z.int().min(1).max(1_000_000).optional().describe('Requests per window and person; lower than the platform limit only'),
    synchronousWaitMs: z.int().min(1).max(600_000).optional().describe('Longest time a synchronous execute call waits before it answers 202'),
    timezone: z.string().max(100).refine(isTimezone, 'an IANA time zone such as Europe/Berlin').optional().describe('Used where a workflow names none'),
  })
  .meta({ description: "What a tenant sets for itself; absent means the platform's default.", example: { rateLimitPerMinute: 300, timezone: 'Europe/Berlin' } });

/** A key that is absent stays as it is; null takes the setting back to the platform's default. */
export const settingsChange = z
  .strictObject({
    rateLimitPerMinute: tenantSettings.shape.rateLimitPerMinute.nullable(),
    synchronousWaitMs: tenantSettings.shape.synchronousWaitMs.nullable(),
    timezone: tenantSettings.shape.timezone.nullable(),
  })
  .meta({ description: 'Absent keeps a setting, null takes it back to the default.', example: { rateLimitPerMinute: 300, timezone: null } });

export const tenantAnswer = z
  .object({ id: z.uuid(), slug: z.string(), name: z.string(), status: z.enum(['active', 'suspended']), settings: tenantSettings })
  .meta({
    description: 'A customer of the platform.',
    example: { id: '2b6c1d5e-6a0f-4a3e-8f61-0f3a7f2f9c10', slug: 'acme', name: 'Acme Ltd', status: 'active', settings: { rateLimitPerMinute: 300 } },
  });
