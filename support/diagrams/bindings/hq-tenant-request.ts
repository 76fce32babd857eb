/** Flow hq-tenant-request: the words of features/tenancy/tenant-request.feature and the engine's spans. */
import type { Binding } from './port.ts';

const REQUEST = 'POST /workflows';
const ROUTED = 'createWorkflow';

export const tenantRequest: Binding = {
  flow: 'hq-tenant-request',
  participants: {
    Client: { spans: ['client'] },
    Gateway: { spans: ['gateway'] },
    TenantResolver: { spans: ['tenancy'] },
    TenantOrchestrator: { spans: ['workflows', 'tenancy', 'compliance'] },
    TenantDatabase: { spans: ['tenant-database'] },
    SharedAudit: { spans: ['postgres'] },
    SharedMonitoring: { spans: ['observability'] },
  },
  messages: [
    { from: 'Client', to: 'Gateway', label: /^Request with tenant id/i, call: { message: REQUEST } },
    { from: 'Gateway', to: 'Client', label: /^Isolated response/i, reply: { message: REQUEST, error: false } },
    { from: 'Gateway', to: 'TenantResolver', label: /^Resolve tenant context/i, call: { message: 'resolve' } },
    { from: 'TenantResolver', to: 'TenantResolver', label: /^Validate tenant access/i, call: { message: 'validate tenant access' } },
    { from: 'TenantResolver', to: 'Gateway', label: /^Tenant configuration/i, reply: { message: 'resolve', error: false } },
    { from: 'Gateway', to: 'TenantOrchestrator', label: /^Route to tenant/i, call: { message: ROUTED } },
    { from: 'TenantOrchestrator', to: 'Gateway', label: /^Tenant response/i, reply: { message: ROUTED, error: false } },
    { from: 'TenantOrchestrator', to: 'TenantDatabase', label: /^Execute within tenant schema/i, call: { message: 'execute within tenant schema' } },
    { from: 'TenantDatabase', to: 'TenantOrchestrator', label: /^Tenant-specific data/i, reply: { message: 'execute within tenant schema', error: false } },
    { from: 'TenantOrchestrator', to: 'SharedAudit', label: /^Log tenant (attempt|activity)/i, call: { message: 'store_audit_record' } },
    { from: 'Gateway', to: 'SharedMonitoring', label: /^Record tenant metrics/i, call: { message: 'record request' } },
  ],
};
