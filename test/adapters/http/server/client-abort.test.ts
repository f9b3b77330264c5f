import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NodeAbortSignal } from '../../../../src/adapters/http/server/node-exchange.ts';

class Listener {
  calls = 0;

  handleEvent(): void {
    this.calls += 1;
  }
}

describe('NodeAbortSignal', () => {
  const server = createServer();
  let url = '';

  beforeEach(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
  });

  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });

  /** An answer that was begun, and what makes its client go away. */
  const begun = async (): Promise<{ outgoing: ServerResponse; leave: () => Promise<void> }> => {
    const client = request(url);
    client.on('error', () => undefined).end();
    const [, outgoing]: [unknown, ServerResponse] = await new Promise((resolve) =>
      server.once('request', (incoming, answer) => resolve([incoming, answer])),
    );
    const leave = async (): Promise<void> => {
      client.destroy();
      await once(outgoing, 'close');
    };
    return { outgoing, leave };
  };

  it('notifies each listener once', async () => {
    const { outgoing, leave } = await begun();
    const gone = new NodeAbortSignal(outgoing);
    const [one, other] = [new Listener(), new Listener()];
    gone.addEventListener('abort', one);
    gone.addEventListener('abort', other);
    expect(gone.aborted).toBe(false);
    await leave();
    outgoing.emit('close');

    expect(gone.aborted).toBe(true);
    expect([one.calls, other.calls]).toEqual([1, 1]);
  });

  it('does not notify removed listeners', async () => {
    const { outgoing, leave } = await begun();
    const gone = new NodeAbortSignal(outgoing);
    const [one, other] = [new Listener(), new Listener()];
    gone.addEventListener('abort', one);
    gone.removeEventListener('abort', other);
    gone.addEventListener('abort', other);
    gone.removeEventListener('abort', one);
    gone.removeEventListener('abort', one);
    await leave();

    expect([one.calls, other.calls]).toEqual([0, 1]);
  });

  it('is aborted if the client disconnected before', async () => {
    const { outgoing, leave } = await begun();
    await leave();

    expect(new NodeAbortSignal(outgoing).aborted).toBe(true);
  });

  it('does not abort after the response is written', async () => {
    const { outgoing } = await begun();
    const gone = new NodeAbortSignal(outgoing);
    const listener = new Listener();
    gone.addEventListener('abort', listener);
    outgoing.end();
    await once(outgoing, 'close');

    expect(gone.aborted).toBe(false);
    expect(listener.calls).toBe(0);
  });
});
