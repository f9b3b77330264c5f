import type { RawHandler } from '../../../ports/inbound/server.ts';
import { RawHeaders } from '../server/raw-headers.ts';
import { OpenWireRequest } from './wire-request.ts';
import { WireRoute } from './wire-route.ts';

/** The short way of what SDKs send: without a router and web-standard objects, which take longer than the rest of it. */
export const rawHandler =
  (route: WireRoute): RawHandler =>
  (request, connection) => {
    if (request.method !== 'POST' || request.target !== '/') return undefined;
    const headers = new RawHeaders(request.headers);
    if (!WireRoute.isMeant(headers)) return undefined;
    return route.answer(new OpenWireRequest(request, headers), connection);
  };
