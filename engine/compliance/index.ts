/**
 * compliance: what people did and tried, stored so that nobody can change it afterwards.
 *
 * Owns: hive.audit_events (attempt before the action, outcome after it, security events in a category of their
 * own) and hive.execution_audit (one row a hook, filled from the journal).
 * Does not know: what an action means, who may do it, or how an execution runs.
 */
export { createCompliance, type ComplianceOptions } from './compliance.ts';
export type * from './port.ts';
export type { AuditRecorded } from './contract.ts';
