import { expect, it } from '@jest/globals';
import { CommandLine } from '../../src/adapters/command-line/command-line.ts';
import { snippetsOf } from '../support/docs/markdown.ts';
import { FakeTools } from '../support/fakes/fake-tools.ts';

const snippets = snippetsOf('docs/when-not.md');
const commands = snippets.flatMap(({ code }) => {
  const [, options] = /^npx dynamodb-cache-extension estimate (.*)$/m.exec(code) ?? [];
  return options === undefined ? [] : [options.trim()];
});
const outputs = snippets.filter(({ language }) => language === 'text').map(({ code }) => code);

const estimate = async (options: string): Promise<string> => {
  const tools = new FakeTools();
  await new CommandLine(tools).run(['estimate', ...options.split(' ')]);
  return tools.written.stdout;
};

it('the page about when not to use it shows what its command estimate prints', async () => {
  expect(commands[0]).toContain('--hit-ms');
  expect(outputs[0]).toMatch(/^A month of 30 days/);
  expect(await estimate(String(commands[0]))).toContain(outputs[0]);
});

it('the page shows what the command prints in total for a cache in the process', async () => {
  expect(commands).toHaveLength(2);
  expect(commands[1]).toContain('--hit-ms 0 --miss-extra-ms 0');
  expect(outputs[1]).toMatch(/^saved in total .* USD\n$/);
  expect(await estimate(String(commands[1]))).toContain(outputs[1]);
});
