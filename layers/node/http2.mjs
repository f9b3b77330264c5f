/** Replaces `node:http2`. @hono/node-server uses it only to check whether a request came over HTTP/2; none does. */
export const constants = { NGHTTP2_NO_ERROR: 0 };
export class Http2ServerRequest {}
