import { loadQueries } from '../storage/index.ts';

export const queries = loadQueries(import.meta.dirname, [
  'find_tenant_by_id', 'find_tenant_by_slug', 'claim_spare', 'change_settings', 'change_status', 'count_spares', 'find_behind',
]);
