import { loadQueries } from '../storage/index.ts';

export const queries = loadQueries(import.meta.dirname, [
  'store_audit_record', 'store_security_event', 'list_audit_events', 'store_execution_audit',
  'store_recorded_audit', 'list_execution_audit', 'name_tenant',
]);
