import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { BunHttpServer } from '../../../../src/adapters/http/server/bun-server.ts';
import { Http1Exchange } from '../../../../src/adapters/http/server/http1/http1-exchange.ts';
import { NodeHttpServer } from '../../../../src/adapters/http/server/node-server.ts';
import type { FastPath, PlainRequest, RequestHandler } from '../../../../src/ports/inbound/server.ts';
import { netListen } from '../net-listen.ts';
import type { Runtime } from '../server-under-test.ts';
import { type Conversation, MAX_HEADER_BYTES } from './conversation.ts';
import { exchangeConversation } from './exchange-conversation.ts';
import { scriptedHandler } from './scripted-app.ts';

/** The result of one conversation with both servers. */
export interface Comparison {
  readonly isExact: boolean;
  /** What is wrong; absent if nothing is. */
  readonly difference?: string;
}

/** Increasing patience: on a busy machine, a client may end its side while the server still works. */
const ATTEMPTS = [1, 10, 100];

/** Two servers with the same handler: one with the raw listener, one without. */
export class ServerPair {
  readonly #withRaw: NodeHttpServer | BunHttpServer;
  readonly #withoutRaw: NodeHttpServer | BunHttpServer;
  /** Requests that the raw listener answered. */
  answeredRaw = 0;
  /** Comparisons that were only equal with more patience. */
  repeated = 0;
  #latestHeaders: readonly string[] | undefined;

  private constructor(runtime: Runtime) {
    this.#withRaw = serverOf(runtime, true);
    this.#withoutRaw = serverOf(runtime, false);
  }

  static async start(runtime: Runtime): Promise<ServerPair> {
    const pair = new ServerPair(runtime);
    const handler = scriptedHandler();
    await Promise.all([pair.#withRaw.listen(), pair.#withoutRaw.listen()]);
    await Promise.all([pair.#withRaw.serve(pair.#counting(handler)), pair.#withoutRaw.serve(handler)]);
    subscribe('http.server.request.start', pair.#requestStarted);
    return pair;
  }

  async compare(conversation: Conversation): Promise<Comparison> {
    for (const patience of ATTEMPTS) {
      const [actual, expected] = await Promise.all([
        exchangeConversation(this.#withRaw.port, conversation, patience),
        exchangeConversation(this.#withoutRaw.port, conversation, patience),
      ]);
      const isExact = actual.text === expected.text;
      const isEqual = isExact || isAlike(conversation, actual.text, expected.text);
      if (isEqual && !actual.isHanging && !expected.isHanging) return { isExact };
      if (patience === ATTEMPTS.at(-1)) {
        const difference = differenceOf(conversation, actual.text, expected.text);
        return { isExact, difference: `${actual.isHanging ? 'the connection hangs: ' : ''}${difference}` };
      }
      this.repeated += 1;
    }
    throw new Error('unreachable');
  }

  async close(): Promise<void> {
    unsubscribe('http.server.request.start', this.#requestStarted);
    await Promise.all([this.#withRaw.close(), this.#withoutRaw.close()]);
  }

  readonly #requestStarted = (message: unknown): void => {
    this.#latestHeaders = (message as { request: IncomingMessage }).request.rawHeaders;
  };

  /** Counts the requests that the raw listener passes to the fast path. */
  #counting(handler: RequestHandler): RequestHandler {
    return Object.assign((...asked: Parameters<RequestHandler>) => handler(...asked), {
      fastPath: (...asked: Parameters<FastPath>) => {
        const answer = handler.fastPath?.(...asked);
        if (answer !== undefined && this.#isRaw(asked[0])) this.answeredRaw += 1;
        return answer;
      },
    });
  }

  #isRaw(request: PlainRequest): boolean {
    return !(request instanceof Http1Exchange) && request.headers !== this.#latestHeaders;
  }
}

const serverOf = (runtime: Runtime, rawListener: boolean): NodeHttpServer | BunHttpServer => {
  const options = { port: 0, maxConnections: 256, maxHeaderBytes: MAX_HEADER_BYTES, rawListener };
  return runtime === 'node' ? new NodeHttpServer(options) : new BunHttpServer(options, netListen);
};

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** Whether two texts differ only in what depends on the time that answers take. */
const isAlike = ({ mayBeCutOff }: Conversation, one: string, other: string): boolean => {
  // If requests are pipelined, `node:http` writes these lines before, after or within an earlier answer.
  const [left, right] = [one.split(CONTINUE), other.split(CONTINUE)];
  if (left.length === right.length && left.join('') === right.join('')) return true;
  return mayBeCutOff && isCutOff(left.join(''), right.join(''));
};

/** Whether one text is the beginning of the other, up to the end of an answer. */
const isCutOff = (one: string, other: string): boolean => {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return long.startsWith(short) && long.startsWith('HTTP/1.1 ', short.length);
};

const differenceOf = ({ seed, writes }: Conversation, actual: string, expected: string): string => {
  let at = 0;
  while (at < actual.length && actual[at] === expected[at]) at += 1;
  const from = Math.max(0, at - 200);
  return [
    `seed ${seed}: the answers differ from byte ${at} on`,
    ...writes.slice(-6).map(({ bytes }) => `  sent:    ${shown(bytes.toString('latin1'))}`),
    `  with:    …${shown(actual.slice(from))}`,
    `  without: …${shown(expected.slice(from))}`,
  ].join('\n');
};

const shown = (text: string): string => JSON.stringify(text.slice(0, 700));
