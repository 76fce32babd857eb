/** The vocabulary of provisioning; the order and the rules stand in index.ts. */
export type Mode = 'external' | 'containers' | 'embedded';

export interface ProvisionOptions {
  /** `tests`: fresh, fast, thrown away. `demo`: kept in `keepDataIn`. */
  readonly purpose: 'tests' | 'demo';
  /** Absolute folder that keeps the stores' data between starts; without it every start is empty. */
  readonly keepDataIn?: string;
  /** Called with a line for people when a store ends although nobody stopped it (embedded). Without it the line is only said. */
  readonly lost?: (reason: string) => void;
}

/** PostgreSQL and Redis, running and answering. */
export interface Provisioned {
  readonly mode: Mode;
  /** A superuser on the database `hive` (external: whatever DATABASE_URL says). */
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** One line that says what is used, without passwords. */
  describe(): string;
  /** Ends what was started for this run and removes what is not to be kept. Safe twice; returns when finished. */
  stop(): Promise<void>;
}

/** Why a way to provision is not open on this machine: an expected answer, not an error. */
export interface Refusal {
  readonly refused: string;
}

export interface ProvisionRequest extends ProvisionOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Takes one line for people. */
  readonly say: (line: string) => void;
}

export interface Strategy {
  readonly mode: Mode;
  /** Refuses when this machine lacks what it needs; throws when it had all it needs and still failed. */
  start(request: ProvisionRequest): Promise<Provisioned | Refusal>;
  /** Whether `keepDataIn` holds data that only this way can open again. */
  keptDataExists(folder: string): boolean;
}

/** A URL without its password, for people. */
export function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password) parsed.password = '***';
  return parsed.href;
}
