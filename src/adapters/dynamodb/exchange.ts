import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import { ExchangeTimeout, lostContact, notForwarded } from './exchange-failures.ts';
import { watchSilence } from './silence.ts';
import type { UpstreamAgent } from './upstream-agent.ts';

const CONNECTION_TIMEOUT_MS = 1_000;

/** Longest time without a byte, in which the largest pages of the slowest operations begin to come. */
const SILENCE_TIMEOUT_MS = 60_000;

export interface ExchangeRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

/**
 * Posts `body`, and resolves when the head of the answer is there.
 *
 * @throws {NotForwardedError} if no connection could be made
 * @throws {PassingFailure} by rejection, with what happened on the wire as its cause
 */
export const exchange = (
  { url, headers, body, signal }: ExchangeRequest,
  agent: UpstreamAgent,
): Promise<http.IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { protocol, hostname, port, pathname: path } = url;
    const options = {
      method: 'POST',
      // Node.js takes an address of IPv6 without its brackets.
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      path,
      headers: [...listOf(headers), 'content-length', String(body.byteLength)],
    };
    const request =
      protocol === 'http:'
        ? http.request({ ...options, agent: agent.http })
        : https.request({ ...options, agent: agent.https });
    // The request's own option for it takes several times as long.
    const giveUp = () => request.destroy();
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    request.once('close', () => signal.removeEventListener('abort', giveUp));
    let isConnected = false;
    const connected = (socket: Socket) => {
      isConnected = true;
      const tooSilent = () => request.destroy(new ExchangeTimeout('no answer came in time'));
      request.once('close', watchSilence(socket, SILENCE_TIMEOUT_MS, tooSilent));
    };
    request.once('socket', (socket) => {
      if (!socket.connecting) return connected(socket);
      const timer = setTimeout(
        () => request.destroy(new ExchangeTimeout('no connection was made in time')),
        CONNECTION_TIMEOUT_MS,
      );
      const settled = () => clearTimeout(timer);
      socket.once('close', settled).once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
        settled();
        connected(socket);
      });
    });
    request.on('response', resolve);
    request.on('error', (error) => reject(isConnected ? lostContact(error) : notForwarded(error)));
    request.end(body);
  });

/** Names and values in turn, which Node.js writes out as they are; of an object it makes one of its own first. */
const listOf = (headers: Readonly<Record<string, string>>): string[] => {
  const list: string[] = [];
  for (const name of Object.keys(headers)) list.push(name, headers[name] ?? '');
  return list;
};
