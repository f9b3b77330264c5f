/**
 * The loopback HTTP interface of any cache: the routes, and the server on Node.js.
 *
 * @module
 */

export { type AppEnv, type AppOptions, createApp } from '../../adapters/http/app.ts';
export type { AddressParser } from '../../adapters/http/items/item-query.ts';
export { BadRequestError } from '../../adapters/http/items/item-query.ts';
export type { ItemRouteOptions } from '../../adapters/http/items/item-routes.ts';
export { NodeHttpServer } from '../../adapters/http/server/node-server.ts';
