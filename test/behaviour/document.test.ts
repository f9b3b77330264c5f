import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { behaviourDocument } from './document.ts';

it('docs/behaviour.md says what the tables say; npm run behaviour writes it anew', () => {
  const text = readFileSync(new URL('../../docs/behaviour.md', import.meta.url), 'utf8');

  expect(text.replaceAll('\r\n', '\n')).toBe(behaviourDocument());
});
