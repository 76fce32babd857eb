/** Flow hq-authn-authz: the words of features/identity/access.feature and the engine's spans. */
import type { Binding } from './port.ts';

const REQUEST = 'POST /workflows/{id}/execute';
const ROUTED = 'executeWorkflow';

export const authnAuthz: Binding = {
  flow: 'hq-authn-authz',
  participants: {
    User: { spans: ['client'] },
    Gateway: { spans: ['gateway'] },
    AuthService: { spans: ['identity'] },
    RBAC: { spans: ['rbac'] },
    WorkflowEngine: { spans: ['execution', 'identity', 'orchestrator', 'task-registry'] },
    AuditLogger: { spans: ['compliance'] },
    ComplianceDB: { spans: ['postgres'] },
  },
  messages: [
    { from: 'User', to: 'Gateway', label: /^Request with JWT/i, call: { message: REQUEST } },
    { from: 'Gateway', to: 'User', label: /^Response/i, reply: { message: REQUEST } },
    { from: 'Gateway', to: 'AuthService', label: /^Validate token/i, call: { message: 'authenticate' } },
    { from: 'AuthService', to: 'AuthService', label: /^Verify signature/i, call: { message: 'verify signature' } },
    { from: 'AuthService', to: 'RBAC', label: /^Get user permissions/i, call: { message: 'get user permissions' } },
    { from: 'RBAC', to: 'AuthService', label: /^Permission set/i, reply: { message: 'get user permissions', error: false } },
    { from: 'AuthService', to: 'Gateway', label: /^Auth result/i, reply: { message: 'authenticate', error: false } },
    { from: 'Gateway', to: 'WorkflowEngine', label: /^Forward authorized request/i, call: { message: ROUTED } },
    { from: 'WorkflowEngine', to: 'RBAC', label: /^Check resource access/i, call: { message: 'check resource access' } },
    { from: 'RBAC', to: 'WorkflowEngine', label: /^Access decision/i, reply: { message: 'check resource access', error: false } },
    { from: 'WorkflowEngine', to: 'AuditLogger', label: /^Log access success/i, call: { message: 'access granted' } },
    { from: 'AuditLogger', to: 'ComplianceDB', label: /^Store audit record/i, call: { message: 'store_audit_record' } },
    { from: 'WorkflowEngine', to: 'WorkflowEngine', label: /^Execute workflow/i, call: { message: 'execute task' } },
    { from: 'WorkflowEngine', to: 'Gateway', label: /^Workflow result/i, reply: { message: ROUTED, error: false } },
    { from: 'WorkflowEngine', to: 'AuditLogger', label: /^Log access denial/i, call: { message: 'access denied' } },
    { from: 'AuditLogger', to: 'ComplianceDB', label: /^Store security event/i, call: { message: 'store_security_event' } },
    { from: 'WorkflowEngine', to: 'Gateway', label: /^Access denied error/i, reply: { message: ROUTED, error: 'ACCESS_DENIED' } },
  ],
};
