import { expect, it } from '@jest/globals';
import { CommandLine } from '../../src/adapters/command-line/command-line.ts';
import { snippetsOf } from '../support/docs/markdown.ts';
import { FakeTools } from '../support/fakes/fake-tools.ts';

it('the page about when not to use it shows what its command estimate prints', async () => {
  const snippets = snippetsOf('docs/when-not.md');
  const [, options = ''] =
    /^npx dynamodb-cache-extension estimate (.*)$/m.exec(snippets.map(({ code }) => code).join('')) ?? [];
  const shown = snippets.find(({ language }) => language === 'text')?.code;
  const tools = new FakeTools();
  await new CommandLine(tools).run(['estimate', ...options.trim().split(' ')]);

  expect(options).toContain('--hit-ms');
  expect(shown).toMatch(/^A month of 30 days/);
  expect(tools.written.stdout).toContain(shown);
});
