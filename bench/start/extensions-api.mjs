import { once } from 'node:events';
import { createServer } from 'node:http';

const IDENTIFIER = '00000000-0000-4000-8000-000000000000';
const SHUTDOWN = JSON.stringify({ eventType: 'SHUTDOWN', shutdownReason: 'spindown', deadlineMs: 0 });

/** An Extensions API that notes when the calls of one extension after another arrive, by the monotonic clock. */
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

  /** Forgets the extension before. */
  reset() {
    this.#arrived.clear();
    this.#waiting = undefined;
  }

  /** Resolves with the time at which the call arrived. */
  arrival(path) {
    if (this.#arrived.has(path)) return Promise.resolve(this.#arrived.get(path));
    return new Promise((resolve) => this.#expected.set(path, resolve));
  }

  /** Answers the waiting `next`. */
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
