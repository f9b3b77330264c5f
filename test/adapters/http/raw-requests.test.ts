import { afterAll, describe, expect, it } from '@jest/globals';
import { createHandler } from '../../../src/adapters/http/app.ts';
import { AppUnderTest, ITEM, optionsOf } from '../../support/http/app-under-test.ts';
import { answersTo } from '../../support/http/raw-answers.ts';
import { differentlyRefused, rawRequests } from '../../support/http/raw-requests.ts';
import { type Runtime, ServerUnderTest } from '../../support/http/server-under-test.ts';

const running: ServerUnderTest[] = [];
afterAll(() => Promise.all(running.map((server) => server.close())));

const serve = async (runtime: Runtime): Promise<ServerUnderTest> => {
  const server = await ServerUnderTest.serving(createHandler(optionsOf(new AppUnderTest())), {}, runtime);
  running.push(server);
  return server;
};

describe('an unusual request', () => {
  const servers = Promise.all([serve('node'), serve('standalone')]);

  it.each(rawRequests(ITEM))('gets the same response from both servers: %s', async (_, bytes) => {
    const [node, standalone] = await servers;
    expect(await answersTo(standalone.server.port, bytes)).toEqual(await answersTo(node.server.port, bytes));
  });

  it.each(differentlyRefused(ITEM))(
    'is refused by both servers, though not in the same words: %s',
    async (_, bytes) => {
      for (const { server } of await servers) {
        const answers = await answersTo(server.port, bytes);
        expect(answers.at(-1)).toMatch(/^400 .*close$/);
        expect(answers.filter((answer) => !answer.startsWith('400 '))).toEqual([]);
      }
    },
  );
});
