/**
 * kernel: what every room may use.
 *
 * Owns: settings, the clock, identifiers, the error catalogue's shape, lifecycle, the vocabulary of a
 * request (who asks, for which tenant) and of a route, the logger's shape and the tracing call.
 * Does not know: PostgreSQL, Redis, HTTP, or any room.
 */
export { systemClock, type Clock, type Timer } from './clock.ts';
export { HiveError, defineError, errorCatalogue, toHiveError, type ErrorDefinition } from './errors.ts';
export { newId, shortToken } from './ids.ts';
export { createLifecycle, type Lifecycle, type Service } from './lifecycle.ts';
export { silentLogger, type Logger } from './logger.ts';
export type { Principal, RequestContext, Tenant, TenantSettings } from './context.ts';
export { defineRoute, type RouteAnswer, type RouteDefinition, type RouteInput } from './route.ts';
export { traced, currentTrace, inTrace, type Message, type TraceCarrier } from './tracing.ts';
export { readSettings, type Settings } from './settings.ts';
