import { beforeEach, describe } from '@jest/globals';
import { BunHttpServer } from '../../../src/adapters/http/server/bun-server.ts';
import type { TickSource } from '../../../src/adapters/http/server/connections.ts';
import { NodeHttpServer, type NodeHttpServerOptions } from '../../../src/adapters/http/server/node-server.ts';
import type { RequestHandler } from '../../../src/ports/inbound/server.ts';
import { RecordingLogger } from '../fakes/recording-logger.ts';
import { netListen } from './net-listen.ts';
import { RawConnection } from './raw-connection.ts';

/** Ticks when it is told to. */
class ManualTicks {
  #tick: (() => void) | undefined;

  readonly source: TickSource = (tick) => {
    this.#tick = tick;
    return () => {
      this.#tick = undefined;
    };
  };

  get isRunning(): boolean {
    return this.#tick !== undefined;
  }

  pass(ticks: number): void {
    for (let passed = 0; passed < ticks; passed += 1) this.#tick?.();
  }
}

/** Answers with what the request looked like to the handler. */
export const echo: RequestHandler = (request, { overLimit }) =>
  new Response(JSON.stringify({ method: request.method, url: request.url, overLimit }));

/** The server of Node.js, or that of the standalone layer, which reads HTTP itself, on the sockets of Node.js. */
const RUNTIMES = ['node', 'standalone'] as const;

export type Runtime = (typeof RUNTIMES)[number];

/** Makes a `describe` whose tests run on each runtime, of which `use` is told before each test. */
export const onEachRuntime =
  (use: (runtime: Runtime) => void) =>
  (title: string, tests: () => void): void =>
    describe.each(RUNTIMES)(`${title} (%s)`, (runtime) => {
      beforeEach(() => use(runtime));
      tests();
    });

/** A server on a free port, with clients that end together with it. */
export class ServerUnderTest {
  readonly server: NodeHttpServer | BunHttpServer;
  readonly ticks = new ManualTicks();
  readonly logger = new RecordingLogger();
  readonly #clients: RawConnection[] = [];

  constructor(options: Partial<NodeHttpServerOptions> = {}, runtime: Runtime = 'node') {
    const all = {
      port: 0,
      maxConnections: 256,
      maxHeaderBytes: 16_384,
      ticks: this.ticks.source,
      ...options,
    };
    this.server = runtime === 'node' ? new NodeHttpServer(all) : new BunHttpServer(all, netListen);
  }

  /** A server that answers already. */
  static async serving(
    handler: RequestHandler = echo,
    options: Partial<NodeHttpServerOptions> = {},
    runtime: Runtime = 'node',
  ): Promise<ServerUnderTest> {
    const running = new ServerUnderTest(options, runtime);
    await running.server.listen();
    await running.server.serve(handler, running.logger);
    return running;
  }

  async client(host = '127.0.0.1', isStubborn = false): Promise<RawConnection> {
    const client = await RawConnection.connect(this.server.port, host, isStubborn);
    this.#clients.push(client);
    return client;
  }

  /** Resolves when the server has read all that was sent to it before: it reads in the order of arrival. */
  async caughtUp(): Promise<void> {
    const client = await this.client();
    client.send('no HTTP\r\n\r\n');
    await client.answer();
    client.destroy();
    await client.closed;
  }

  async close(): Promise<void> {
    await this.server.close();
    for (const client of this.#clients) client.destroy();
  }
}
