/**
 * Errors are a catalogue. A room declares its own in `errors.ts` with `defineError`; every definition has a
 * stable code, an HTTP status, and a message that says what was found, what was expected and what to do.
 * Two definitions with one code are refused when the process starts.
 */
export interface ErrorDefinition<Facts extends object = Record<string, unknown>> {
  /** Stable, upper snake case, never reused: clients branch on it. */
  readonly code: string;
  readonly status: number;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  readonly describe: (facts: Facts) => string;
  /** Makes the error to throw. `cause` is kept for the log and never shown to the client. */
  (facts: Facts, options?: { cause?: unknown }): HiveError;
}

export class HiveError extends Error {
  override readonly name = 'HiveError';
  readonly code: string;
  readonly status: number;
  readonly retryable: boolean;
  /** What the message says, as data: shown to the client as `details`. Never put a secret here. */
  readonly facts: Record<string, unknown>;

  constructor(definition: Omit<ErrorDefinition, 'describe'>, message: string, rest: { facts: object; cause?: unknown }) {
    super(message, rest.cause === undefined ? undefined : { cause: rest.cause });
    this.code = definition.code;
    this.status = definition.status;
    this.retryable = definition.retryable;
    this.facts = rest.facts as Record<string, unknown>;
  }
}

const catalogue = new Map<string, ErrorDefinition<never>>();

/** Every error that the loaded rooms can raise, by code. */
export function errorCatalogue(): ReadonlyMap<string, ErrorDefinition<never>> {
  return catalogue;
}

export function defineError<Facts extends object>(
  code: string,
  status: number,
  describe: (facts: Facts) => string,
  options: { retryable?: boolean } = {},
): ErrorDefinition<Facts> {
  if (catalogue.has(code)) throw new Error(`error code ${code} is defined twice; codes are unique, choose another`);
  const traits = { code, status, retryable: options.retryable ?? false };
  const definition = Object.assign(
    (facts: Facts, rest: { cause?: unknown } = {}) =>
      new HiveError(traits as ErrorDefinition, describe(facts), { facts, cause: rest.cause }),
    { ...traits, describe },
  ) as ErrorDefinition<Facts>;
  catalogue.set(code, definition as unknown as ErrorDefinition<never>);
  return definition;
}

const unexpected = defineError<object>(
  'INTERNAL_ERROR',
  500,
  () => 'The engine failed in a way it did not foresee. The request id names the log entry; nothing more is shown here on purpose.',
);

/** Any thrown value as a HiveError; what is not one already becomes INTERNAL_ERROR with its cause kept. */
export function toHiveError(thrown: unknown): HiveError {
  return thrown instanceof HiveError ? thrown : unexpected({}, { cause: thrown });
}
