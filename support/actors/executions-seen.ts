/** How executions stand in the stores: for steps that want evidence and not the platform's word. */
import { eventually } from '../waiting.ts';
import type { HiveWorld } from '../world.ts';

export interface StoredExecution {
  id: string;
  status: string;
  phase: string;
  input_data: unknown;
  output_data: unknown;
  error_message: string | null;
  error_code: string | null;
  error_node: string | null;
  states_visited: string[];
  client_channel: string;
  started_by: string;
  created_at: Date;
  started_at: Date | null;
  completed_at: Date | null;
}

/** The schema of the (only or named) tenant of the scenario. */
export const schemaOf = (world: HiveWorld, tenant = [...world.tenants.keys()][0]!) => world.database.schemaOf(world.tenantNamed(tenant).slug);

export async function storedExecution(world: HiveWorld, executionId = world.execution): Promise<StoredExecution> {
  const [row] = await world.database.rows<StoredExecution>(`select * from ${await schemaOf(world)}.executions where id = $1`, [executionId]);
  if (!row) throw new Error(`no execution ${executionId} is stored`);
  return row;
}

export const storedExecutions = async (world: HiveWorld, tenant?: string) =>
  world.database.rows<StoredExecution>(`select * from ${await schemaOf(world, tenant)}.executions order by created_at`);

/** Names of the nodes whose steps are stored, in order. */
export async function storedSteps(world: HiveWorld): Promise<string[]> {
  const rows = await world.database.rows(
    `select to_state from ${await schemaOf(world)}.state_transitions where execution_id = $1 order by sequence`, [world.execution],
  );
  return rows.map((row) => row['to_state'] as string);
}

export const phaseChanges = async (world: HiveWorld) =>
  world.database.rows(`select * from ${await schemaOf(world)}.phase_changes where execution_id = $1 order by sequence`, [world.execution]);

export const auditTrail = (world: HiveWorld) =>
  world.database.rows('select * from hive.execution_audit where execution_id = $1 order by sequence', [world.execution]);

/** Waits until the execution is over, one way or the other. */
export const ended = (world: HiveWorld, withinMs?: number) =>
  eventually(`execution ${world.execution} ends`, async () => {
    const row = await storedExecution(world);
    if (row.phase !== 'COMPLETED') throw new Error(`it is ${row.status} (${row.phase})`);
    return row;
  }, withinMs);
