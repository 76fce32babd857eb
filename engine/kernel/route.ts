import type { z } from 'zod';
import type { RequestContext } from './context.ts';
import type { ErrorDefinition } from './errors.ts';

/**
 * A route as a room declares it in `routes.ts`. The gateway mounts it behind its stages and writes the
 * OpenAPI document from it, so a route without a contract cannot exist.
 */
export interface RouteDefinition<Params = unknown, Query = unknown, Body = unknown> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** OpenAPI form, `/workflows/{id}/execute`. */
  readonly path: string;
  /** Further paths with the same handler (documents' conflict X02), each served and documented as deprecated-free aliases. */
  readonly aliases?: readonly string[];
  readonly operationId: string;
  readonly summary: string;
  readonly room: string;
  /** `public`: nobody is asked who they are; `authenticated`: any live session; otherwise the permission needed. */
  readonly access: 'public' | 'authenticated' | { readonly permission: string };
  readonly params?: z.ZodType<Params>;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  /** Success answers by status. */
  readonly answers: Readonly<Record<number, { description: string; schema?: z.ZodType; contentType?: string }>>;
  /** Errors of the room's catalogue that this route can raise beside the gateway's own. */
  readonly errors: readonly Pick<ErrorDefinition<never>, 'code' | 'status'>[];
  handle(input: RouteInput<Params, Query, Body>, context: RequestContext): Promise<RouteAnswer>;
}

export interface RouteInput<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

export interface RouteAnswer {
  readonly status: number;
  /** JSON unless `contentType` of the answer says otherwise; then a string or Buffer. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Gives the handler its types from the schemas; the result is what `RouteDefinition[]` lists hold. */
export function defineRoute<Params, Query, Body>(route: RouteDefinition<Params, Query, Body>): RouteDefinition {
  return route as unknown as RouteDefinition;
}
