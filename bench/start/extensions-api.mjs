import { once } from 'node:events';
import { createServer } from 'node:http';

const IDENTIFIER = '00000000-0000-4000-8000-000000000000';
const SHUTDOWN = JSON.stringify({ eventType: 'SHUTDOWN', shutdownReason: 'spindown', deadlineMs: 0 });

/** An Extensions API that records when an extension's calls arrive, on the monotonic clock. */
export class TimedExtensionsApi {
  #arrived = new Map();
  #expected = new Map();
  #waiting;
  #server = createServer((incoming, outgoing) => this.#receive(incoming, outgoing));

  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** `host:port`. */
  get address() {
    return `127.0.0.1:${this.#server.address().port}`;
  }

  /** Clears the calls of the previous extension. */
  reset() {
    this.#arrived.clear();
    this.#waiting = undefined;
  }

  /** Resolves with the arrival time of the call to `path`, in milliseconds. */
  arrival(path) {
    if (this.#arrived.has(path)) return Promise.resolve(this.#arrived.get(path));
    return new Promise((resolve) => this.#expected.set(path, resolve));
  }

  /** Answers the pending `next` with SHUTDOWN. */
  shutDown() {
    this.#waiting?.end(SHUTDOWN);
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #receive(incoming, outgoing) {
    const at = performance.now();
    const path = incoming.url.split('/extension')[1];
    this.#arrived.set(path, at);
    incoming.resume().on('end', () => {
      if (path === '/register') outgoing.setHeader('Lambda-Extension-Identifier', IDENTIFIER).end('{}');
      else if (path === '/event/next') this.#waiting = outgoing;
      else outgoing.end();
    });
    this.#expected.get(path)?.(at);
    this.#expected.delete(path);
  }
}
