/**
 * The loopback HTTP interface over any cache: the routes, and the server of Node.
 *
 * @module
 */
export type { AddressParser } from '../../adapters/http/address-parser.ts';
export { type AppEnv, type AppOptions, createApp } from '../../adapters/http/app.ts';
export { BadRequestError } from '../../adapters/http/bad-request-error.ts';
export type { ItemRouteOptions } from '../../adapters/http/item-routes.ts';
export { NodeHttpServer } from '../../adapters/http/node-server.ts';
