import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { found } from '../../../support/http/app-under-test.ts';
import {
  CLIENT,
  ExtensionHandlerUnderTest,
  TOKEN_HEADER,
} from '../../../support/http/extension-handler-under-test.ts';

const PATHS = [
  '/systemsmanager/parameters/get',
  '/systemsmanager/parameters/get/',
  '/secretsmanager/get',
  '/secretsmanager/get/',
  '/v1/',
  '/v1/prod/db',
  '/ping',
  '/',
];
const NAMES = ['name', 'secretId', 'version', 'label', 'withDecryption', 'versionId', 'versionStage'];
const SWITCHES = ['refreshNow', 'unlessVersion', 'roleArn', 'other'];

const piece = fc.oneof(
  fc.constantFrom(
    'a',
    '/a/b',
    '%2F',
    '+',
    '%',
    '%zz',
    '%00',
    ':',
    ':1',
    '#',
    '\\',
    '"',
    '\u00e9',
    'true',
    '',
  ),
  fc.string({ maxLength: 5 }).map(encodeURIComponent),
);
const pair = fc
  .tuple(fc.constantFrom(...NAMES, ...SWITCHES), fc.array(piece, { maxLength: 3 }))
  .map(([name, value]) => `${name}=${value.join('')}`);
const target = fc
  .tuple(fc.constantFrom(...PATHS), piece, fc.array(pair, { maxLength: 4 }), fc.boolean())
  .map(([path, rest, pairs, isExact]) => `${path}${isExact ? '' : rest}?${pairs.join('&')}`);
const header = fc.constantFrom<readonly [string, string]>(
  [TOKEN_HEADER, 'wrong'],
  ['Accept', '*/*'],
  ['X-Forwarded-For', '10.0.0.1'],
  ['Origin', 'null'],
  ['Host', 'cache.example'],
  ['Host', '127.0.0.1'],
);

describe("the fast path of the handler for AWS's extension", () => {
  it('answers every request like the handler, or leaves it to the handler', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(target, fc.option(header, { freq: 3 }), async (each, other) => {
        const extension = new ExtensionHandlerUnderTest();
        extension.reader.answer = () => found('{"ARN":"a","VersionId":"v1"}');
        const headers = other === null ? CLIENT : { ...CLIENT, [other[0]]: other[1] };

        const fast = await extension.fast(each, headers);
        const reads = extension.asked;
        if (fast === undefined) return;
        taken += 1;

        expect(fast).toEqual(await extension.request(each, headers));
        expect(extension.asked).toEqual([...reads, ...reads]);
        for (const value of Object.values(fast.headers)) expect(value).toMatch(/^[ -~]*$/);
      }),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(50);
  });
});
