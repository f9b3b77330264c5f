import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { behaviourDocument } from './document.ts';

it('docs/behaviour.md matches the tables; run npm run behaviour to update it', () => {
  const text = readFileSync(new URL('../../docs/behaviour.md', import.meta.url), 'utf8');

  expect(text.replaceAll('\r\n', '\n')).toBe(behaviourDocument());
});
