/** In place of `node:http2`, of which @hono/node-server wants to know only whether a request came by it: none does. */
export const constants = { NGHTTP2_NO_ERROR: 0 };
export class Http2ServerRequest {}
