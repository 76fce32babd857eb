/**
 * gateway: the only entry from outside, HTTP and WebSocket. `stages.ts` is the main flow of every request.
 *
 * Owns: the order of the stages, rate limits, validation against the routes' contracts, the one error envelope,
 * the OpenAPI document, health, the WebSocket protocol.
 * Does not know: what any route does, how a token is verified, who may watch a topic, what stands in the database.
 */
export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';
export { errorEnvelope, type ErrorEnvelope, type ClientMessage, type ServerMessage } from './contract.ts';
export { createOpenApi, type OpenApiDocument, type OpenApiInfo } from './openapi/document.ts';
export { gatewayRoutes } from './routes.ts';
export { rateLimits } from './quotas.ts';
