import { loadQueries } from '../storage/index.ts';

export const queries = loadQueries(import.meta.dirname, [
  'find_sign_in', 'find_person', 'check_resource_access', 'insert_person', 'find_roles', 'set_roles', 'set_permissions', 'replace_password_hash',
  'open_session', 'find_live_session', 'rotate_session', 'find_refresh_token', 'end_family', 'find_family',
  'lock_signing_keys', 'list_signing_keys', 'insert_signing_key',
]);
