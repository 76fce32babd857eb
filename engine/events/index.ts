/**
 * events: the bus between processes, and what a topic is.
 *
 * Owns: publication through Redis, local subscriptions, reconnection.
 * Does not know: who may watch a topic (that is asked of a `TopicAuthoriser`), what an event means, sockets.
 */
export { createEvents, type EventsOptions } from './bus.ts';
export { busEventSchema, topicSchema } from './contract.ts';
export type * from './port.ts';
