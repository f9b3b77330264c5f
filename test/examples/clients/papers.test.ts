import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

const at = (path: string) => new URL(`../../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(at(path), 'utf8');

it('the README of the project shows the sample for Node.js as it is', () => {
  expect(read('README.md')).toContain(`\`\`\`js\n${read('examples/clients/nodejs/products.mjs')}\`\`\`\n`);
});

it('the README of the clients links only to what is there', () => {
  const links = [...read('examples/clients/README.md').matchAll(/\]\(([^)]+)\)/g)].map(
    ([, link = '']) => `examples/clients/${link}`,
  );

  expect(links.length).toBeGreaterThan(4);
  expect(links.filter((link) => !existsSync(at(link)))).toEqual([]);
});

it.each([
  'nodejs/cache-client.mjs',
  'python/cache_client.py',
  'python/value_client.py',
  'go/cache_client.go',
  'java/CacheClient.java',
])('%s waits longer than the extension does by default', (path) => {
  const [, seconds = '', fraction = ''] =
    /^.*(?:TIMEOUT_MS|TIMEOUT_S|timeout) += (\d)[_.]?(\d+)/m.exec(read(`examples/clients/${path}`)) ?? [];

  expect(Number(`${seconds}.${fraction}`)).toBeGreaterThan(2);
});
