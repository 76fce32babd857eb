import { defineError } from '../kernel/index.ts';

export const tenantRequired = defineError<object>(
  'TENANT_REQUIRED',
  400,
  () => 'The request says nothing about its tenant. Sign in, or name the tenant in the X-Tenant-ID header, by id or short name.',
);

export const tenantUnknown = defineError<{ tenant: string }>(
  'TENANT_UNKNOWN',
  404,
  ({ tenant }) => `There is no tenant ${tenant}. Check the id or short name in the X-Tenant-ID header.`,
);

export const tenantMismatch = defineError<{ tenant: string }>(
  'TENANT_MISMATCH',
  403,
  ({ tenant }) => `Your token was not issued for the tenant ${tenant}. Leave the X-Tenant-ID header away, or sign in as a person of that tenant.`,
);

export const tenantSuspended = defineError<{ tenant: string }>(
  'TENANT_SUSPENDED',
  403,
  ({ tenant }) => `The tenant ${tenant} is suspended. Nothing is lost; its administrator can ask the operator of this platform to lift the suspension.`,
);

export const tenantExists = defineError<{ slug: string }>(
  'TENANT_EXISTS',
  409,
  ({ slug }) => `The short name ${slug} belongs to another tenant. Choose another one.`,
);

export const tenantUnprepared = defineError<{ slug: string }>(
  'TENANT_UNPREPARED',
  503,
  ({ slug }) => `No place could be prepared for ${slug}: others took each one that was made. Send the request again in a few seconds.`,
  { retryable: true },
);
