/** Which errors a route can answer with: its room's own, and those of the gateway's stages that it passes. */
import { errorCatalogue, type ErrorDefinition, type RouteDefinition } from '../../kernel/index.ts';
import {
  bodyIncomplete, bodyMalformed, bodyTooLarge, mediaTypeUnsupported, pathMalformed, permissionMissing, quotaZero, rateLimited, requestInvalid,
} from '../errors.ts';
import { endpointKeyOf } from '../quotas.ts';

export interface DocumentedError {
  readonly code: string;
  readonly status: number;
  readonly retryable: boolean;
}

type Known = Pick<ErrorDefinition<never>, 'code' | 'status'> & { readonly retryable?: boolean };

/** What authentication and the tenant stage raise is named in their rooms' ports. */
const raisedByStages = /^(TOKEN_\w+|SESSION_ENDED|TENANT_(REQUIRED|UNKNOWN|MISMATCH|SUSPENDED))$/;

/** From the catalogue as loaded, so that the document follows the rooms. */
const raisedForCallers = (): Known[] => [...errorCatalogue().values()].filter(({ code }) => raisedByStages.test(code));
const unforeseen = (): Known[] => [...errorCatalogue().values()].filter(({ code }) => code === 'INTERNAL_ERROR');

export function errorsOf(route: RouteDefinition): DocumentedError[] {
  const guarded = route.access !== 'public';
  const checked = route.params ?? route.query ?? route.body;
  const raised: Known[] = [
    ...(route.path.includes('{') ? [pathMalformed] : []),
    ...(guarded ? raisedForCallers() : []),
    rateLimited,
    ...(guarded && endpointKeyOf(route) ? [quotaZero] : []),
    ...(typeof route.access === 'object' ? [permissionMissing] : []),
    ...(route.body ? [bodyMalformed, bodyIncomplete, bodyTooLarge, mediaTypeUnsupported] : []),
    ...(checked ? [requestInvalid] : []),
    ...route.errors,
    ...unforeseen(),
  ];
  const byCode = new Map(raised.map((error) => [error.code, error]));
  return [...byCode.values()].map(({ code, status }) => ({ code, status, retryable: errorCatalogue().get(code)?.retryable ?? false }));
}
