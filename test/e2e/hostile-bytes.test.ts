import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Chance } from '../support/chance.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { ScriptedItems } from '../support/flood/scripted-items.ts';
import { GOODBYE, type Message, mutated, noise, wellFormed } from '../support/http/hostile-messages.ts';
import { answersIn, type SeenAnswer } from '../support/http/raw-answers.ts';
import { exchangeBytes } from '../support/http/raw-connection.ts';

/** `npm run hostile-bytes` sends 100,000 messages. */
const MESSAGES = Number(process.env.HOSTILE_MESSAGES ?? 15_000);
const SEED = Number(process.env.HOSTILE_SEED ?? 1);
/** Fewer than are allowed, so that none is turned away for being too many. */
const AT_A_TIME = 48;
/** What is sent on one connection at most: fewer requests than may be unanswered at a time. */
const ON_A_CONNECTION = 8;

let source: ScriptedItems;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  source = await ScriptedItems.start(() => 100);
  extension = await startExtension({
    cacheYaml: 'dynamodb: [{ table: Things, hashKey: id }]',
    endpoint: source.endpoint,
    env: { CACHE_EXTENSION_TIMEOUT: '30s' },
  });
});

afterAll(async () => {
  await extension.close();
  await source.close();
});

/** Well-formed requests, and behind them perhaps what is not. */
const nextMessages = (random: Chance): readonly Message[] => {
  const good = Array.from({ length: random.below(ON_A_CONNECTION - 1) }, () => wellFormed(random));
  const bad = random.below(5);
  if (bad === 0) return [...good, wellFormed(random, true)];
  return [...good, bad === 1 ? noise(random) : mutated(random), GOODBYE];
};

/** Whether the documentation says of all of them how they are answered. */
const isKnown = (messages: readonly Message[]): boolean =>
  messages.every(({ expected }) => expected !== undefined);

/** What is wrong with how a connection was answered; nothing if all is well. */
const faultsOf = (messages: readonly Message[], received: string, wasReset: boolean): readonly string[] => {
  const known = messages.findIndex(({ expected }) => expected === undefined);
  const isAllKnown = known === -1;
  const expected = (isAllKnown ? messages : messages.slice(0, known)).map((message) => message.expected);
  let answers: readonly SeenAnswer[];
  try {
    answers = answersIn(received, (place) => expected[place]?.isHead === true);
  } catch (error) {
    return wasReset ? [] : [String(error)];
  }
  const faults = answers.flatMap((answer, place) => {
    const due = expected[place];
    if (answer.status >= 500) return [`${answer.status}: ${answer.body}`];
    if (due === undefined) return isAllKnown ? [`an answer that nobody asked for: ${answer.status}`] : [];
    const isDue = answer.status === due.status && answer.body.includes(due.code ?? '');
    return isDue ? [] : [`${answer.status} in place of ${due.status}`];
  });
  if (isAllKnown && answers.length < expected.length)
    faults.push(`${expected.length - answers.length} missing`);
  if (isAllKnown && wasReset) faults.push('reset without a reason');
  return faults;
};

it('whatever bytes come, well-formed requests get what is due to them, and nobody gets a 5xx', async () => {
  const random = new Chance(SEED);
  const statuses = new Map<number, number>();
  let sent = 0;
  const attack = async () => {
    while (sent < MESSAGES) {
      const messages = nextMessages(random);
      sent += messages.length;
      const bytes = Buffer.concat(messages.map((message) => message.bytes));
      const { received, wasReset } = await exchangeBytes(extension.port, bytes, isKnown(messages));

      for (const [, status] of received.matchAll(/^HTTP\/1\.1 (\d{3})/gm))
        statuses.set(Number(status), (statuses.get(Number(status)) ?? 0) + 1);
      const faults = faultsOf(messages, received, wasReset);
      if (faults.length > 0)
        throw new Error(`${faults.join('; ')}, to ${JSON.stringify(bytes.toString('latin1'))}`);
    }
  };

  await Promise.all(Array.from({ length: AT_A_TIME }, attack));

  // It was no monologue.
  for (const status of [200, 204, 400, 403, 404, 405]) expect(statuses.get(status)).toBeGreaterThan(0);
  expect((await extension.get('/dynamodb?name=Things@@item-1')).status).toBe(200);
  expect(extension.lambda.exit).toBeUndefined();
  expect(extension.logOfItself).toEqual([]);
}, 300_000);
