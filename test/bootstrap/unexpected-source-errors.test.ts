import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Program } from '../../src/bootstrap/components.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import type { ItemSource } from '../../src/ports/outbound/item-source.ts';
import { HttpClient } from '../support/e2e/http-client.ts';
import { structuredPath } from '../support/e2e/item-path.ts';
import { FakeLifecycleEvents } from '../support/fakes/fake-lifecycle-events.ts';
import { RecordingLogger } from '../support/fakes/recording-logger.ts';
import { freePort } from '../support/free-port.ts';
import { settingsOf } from '../support/settings.ts';

const ITEM = structuredPath('Products', 'p1', 's1');

/** A source that does what a test says, which may be against all rules. */
class LawlessSource implements ItemSource {
  act: ItemSource['read'] = async (key) => ({ key, askedAt: Date.now(), bodies: [] });

  read: ItemSource['read'] = (key, want) => this.act(key, want);
}

describe('an unexpected error of the item source', () => {
  let source: LawlessSource;
  let logger: RecordingLogger;
  let events: FakeLifecycleEvents;
  let program: Program;
  let running: Promise<void>;
  let http: HttpClient;

  beforeEach(async () => {
    source = new LawlessSource();
    logger = new RecordingLogger();
    events = new FakeLifecycleEvents();
    const port = await freePort();
    program = createContainer(settingsOf({ port }), { itemSource: source, logger, lifecycleEvents: events });
    http = new HttpClient(port);
    await program.get('server').listen();
    await program.get('server').serve(program.get('requestHandler'));
    running = program.get('runExtension').run();
  });

  afterEach(async () => {
    http.close();
    events.shutdown();
    await running;
  });

  /** Lets the source follow the rules again, and expects that all goes on. */
  const goesOn = async (): Promise<void> => {
    source.act = async (key) => ({ key, askedAt: Date.now(), bodies: [] });
    expect(await http.request('GET', ITEM)).toMatchObject({ status: 404 });
    const asked = events.asked;
    events.invoke();
    await events.whenAsked(asked + 1);
  };

  const lawless: readonly (readonly [string, ItemSource['read']])[] = [
    [
      'that is thrown at once',
      () => {
        throw new TypeError('secret');
      },
    ],
    ['that comes as a rejection', () => Promise.reject(new RangeError('secret'))],
    ['that is no error', () => Promise.reject('secret')],
    ['that is nothing', () => Promise.reject(undefined)],
    // @ts-expect-error an answer must have bodies
    ['in an answer', async (key) => ({ key, askedAt: 0, bodies: undefined })],
  ];

  it.each([...lawless])(
    '%s is answered with 500 and logged once, and the program keeps serving',
    async (_, act) => {
      source.act = act;

      const answer = await http.request('GET', ITEM);

      expect(answer).toMatchObject({
        status: 500,
        headers: { 'content-type': expect.stringContaining('problem+json') },
      });
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'internal' });
      expect(answer.body).not.toContain('secret');
      expect(logger.at('error')).toHaveLength(1);
      await goesOn();
      expect(logger.at('error')).toHaveLength(1);
    },
  );

  it('is logged with its stack frames', async () => {
    source.act = async () => {
      throw new TypeError('secret');
    };
    await http.request('GET', ITEM);

    expect(JSON.stringify(logger.at('error'))).toContain('unexpected-source-errors.test.ts');
    await goesOn();
  });

  it('reaches every reader that shares the read, and no other reader', async () => {
    let fail: (error: Error) => void = () => undefined;
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    source.act = () =>
      new Promise((_, reject) => {
        fail = reject;
        asked();
      });
    const readings = [1, 2, 3].map(() => http.request('GET', ITEM));
    await isAsked;
    source.act = async (key) => ({ key, askedAt: Date.now(), bodies: [] });
    expect(await http.request('GET', structuredPath('Products', 'p2', 's2'))).toMatchObject({ status: 404 });
    fail(new TypeError('a defect'));

    for (const { status } of await Promise.all(readings)) expect(status).toBe(500);
    await goesOn();
  });
});
