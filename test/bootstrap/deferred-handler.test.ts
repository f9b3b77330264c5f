import { describe, expect, it } from '@jest/globals';
import { DeferredHandler } from '../../src/bootstrap/deferred.ts';
import type { RequestHandler } from '../../src/ports/inbound/server.ts';

const answer: RequestHandler = () => new Response('here');
const ask = (deferred: DeferredHandler) =>
  deferred.handle(new Request('http://localhost/'), { overLimit: false });

describe('DeferredHandler', () => {
  it('loads the handler once, with the first request, and answers all requests', async () => {
    let loads = 0;
    const deferred = new DeferredHandler(async () => {
      loads += 1;
      return answer;
    });
    const answers = await Promise.all([
      ask(deferred),
      deferred.load().then(() => ask(deferred)),
      ask(deferred),
    ]);

    expect(await Promise.all(answers.map((each) => each.text()))).toEqual(['here', 'here', 'here']);
    expect(loads).toBe(1);
  });

  it('answers synchronously once the handler is loaded', async () => {
    const deferred = new DeferredHandler(async () => answer);
    await deferred.load();

    expect(ask(deferred)).toBeInstanceOf(Response);
  });

  it('offers the fast path of the handler once it is loaded', async () => {
    const quick = { status: 200, headers: {}, body: new Uint8Array() };
    const handler = Object.assign(() => new Response('here'), { fastPath: () => quick });
    const deferred = new DeferredHandler(async () => handler);
    const fastPath = () =>
      deferred.fastPath({ method: 'GET', target: '/', headers: [] }, { overLimit: false });

    expect(fastPath()).toBeUndefined();
    await deferred.load();
    expect(fastPath()).toBe(quick);
  });

  it('retries the load after a failure', async () => {
    const attempts = [() => Promise.reject(new Error('no such file')), () => Promise.resolve(answer)];
    const deferred = new DeferredHandler(() => attempts.shift()?.() ?? Promise.reject(new Error('again')));

    await expect(ask(deferred)).rejects.toThrow('no such file');
    expect(await ask(deferred)).toBeInstanceOf(Response);
  });
});
