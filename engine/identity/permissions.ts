/** Permissions are dotted names; `<prefix>.*` covers every name below the prefix, `*` covers all (flow hive-permission-matrix). */

/** Whether holding `held` includes `wanted`. The dot belongs to the prefix: `workflows.*` covers neither `workflowsx.create` nor `workflows`. */
export function covers(held: string, wanted: string): boolean {
  if (held === '*' || held === wanted) return true;
  if (!held.endsWith('.*')) return false;
  const prefix = held.slice(0, -1);
  return wanted.startsWith(prefix) && wanted.length > prefix.length;
}

export const holdsAny = (held: readonly string[], wanted: string): boolean => held.some((permission) => covers(permission, wanted));

/**
 * Whether somebody may act on what others own. It must be given by name, or with everything: `workflows.*` says
 * what a person may do with workflows, not with whose.
 */
export const managesOthers = (held: readonly string[], kind: string): boolean => held.includes('*') || held.includes(`${kind}.manage`);
