import { defineError } from '../kernel/index.ts';

export const databaseUnavailable = defineError<{ reason: string }>(
  'DATABASE_UNAVAILABLE',
  503,
  ({ reason }) =>
    `The database could not be reached, or was lost on the way (${reason}). Try again in a few seconds; ` +
    'if this was a change, look first whether it took place.',
  { retryable: true },
);

/** Of the socket, of Node's resolver, and of pg itself, which gives no code. */
const LOST = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT)$/;
const LOST_BY_PG = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;
/** SQLSTATE class 08, a server that goes down or comes up, and one without a free connection. */
const LOST_BY_SERVER = /^(08...|57P0[123]|53300)$/;

/** An error that says nothing about the statement, only about the way to the server, as DATABASE_UNAVAILABLE; any other unchanged. */
export function lossOr(thrown: unknown): unknown {
  const { code = '', message = '' } = (thrown ?? {}) as { code?: string; message?: string };
  const lost = LOST.test(code) || LOST_BY_SERVER.test(code) || LOST_BY_PG.test(message);
  return lost ? databaseUnavailable({ reason: code || message }, { cause: thrown }) : thrown;
}
