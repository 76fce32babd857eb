import { loadQueries } from '../storage/index.ts';

export const queries = loadQueries(import.meta.dirname, [
  'insert_executions',
  'insert_phase_changes',
  'insert_execution_steps',
  'insert_state_transitions',
  'update_executions',
  'find_execution',
  'find_last_step',
  'list_executions',
  'list_execution_steps',
  'list_phase_changes',
  'list_completed_nodes',
] as const);
