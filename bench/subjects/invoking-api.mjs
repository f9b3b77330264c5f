import { once } from 'node:events';
import { createServer } from 'node:http';

const IDENTIFIER = '00000000-0000-4000-8000-000000000000';
/** No invocation of the bench takes as long. */
const DEADLINE_MS = 900_000;

/** An Extensions API for one extension, which gets an INVOKE event whenever the bench wants. */
export class InvokingApi {
  #waiting;
  #asks = () => undefined;
  #invocations = 0;
  #server = createServer((incoming, outgoing) => this.#receive(incoming, outgoing));

  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** `host:port`. */
  get address() {
    return `127.0.0.1:${this.#server.address().port}`;
  }

  /** Ends the invocation that runs, once the extension has asked for the next event, and begins another. */
  async invoke() {
    while (this.#waiting === undefined) {
      await new Promise((resolve) => {
        this.#asks = resolve;
      });
    }
    this.#invocations += 1;
    const event = {
      eventType: 'INVOKE',
      deadlineMs: Date.now() + DEADLINE_MS,
      requestId: String(this.#invocations),
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:bench',
      tracing: { type: 'X-Amzn-Trace-Id', value: 'Root=1-0-0' },
    };
    this.#waiting.end(JSON.stringify(event));
    this.#waiting = undefined;
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #receive(incoming, outgoing) {
    const path = incoming.url.split('/extension')[1];
    incoming.resume().on('end', () => {
      if (path === '/register') outgoing.setHeader('Lambda-Extension-Identifier', IDENTIFIER).end('{}');
      else if (path === '/event/next') {
        this.#waiting = outgoing;
        this.#asks();
      } else outgoing.end();
    });
  }
}
