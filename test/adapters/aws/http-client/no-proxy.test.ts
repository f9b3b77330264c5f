import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bypassesProxy } from '../../../../src/adapters/aws/http-client/proxy-tunnel.ts';

const HOST = 'https://dynamodb.eu-west-1.amazonaws.com';

describe('bypassesProxy', () => {
  it.each([
    ['', HOST, false],
    ['*', HOST, true],
    ['amazonaws.com', HOST, true],
    ['.amazonaws.com', HOST, true],
    ['*.amazonaws.com', HOST, true],
    ['AmazonAWS.com', HOST, true],
    ['amazonaws.com.', HOST, true],
    ['dynamodb.eu-west-1.amazonaws.com', HOST, true],
    ['a.example,amazonaws.com', HOST, true],
    [' a.example , amazonaws.com ', HOST, true],
    ['a.example amazonaws.com', HOST, true],
    ['amazonaws.com:443', HOST, true],
    ['amazonaws.com:8443', HOST, false],
    ['amazonaws.com:8443', `${HOST}:8443`, true],
    ['amazonaws.com', `${HOST}:8443`, true],
    ['aws.com', HOST, false],
    ['eu-west-1.amazonaws', HOST, false],
    [',', HOST, false],
    ['.', HOST, false],
    [':443', HOST, false],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['2.3', 'https://10.1.2.3', false],
    ['10.1.2.3:8443', 'https://10.1.2.3', false],
    ['fd00::1', 'https://[fd00::1]', true],
    ['[fd00::1]', 'https://[fd00::1]', true],
    ['[fd00::1]:443', 'https://[fd00::1]', true],
    ['[fd00::1]:80', 'https://[fd00::1]', false],
    ['', 'https://localhost:8000', true],
    ['', 'https://db.localhost', true],
    ['', 'https://127.3.2.1', true],
    ['', 'https://[::1]:8000', true],
    ['', 'http://dynamodb-local:8000', true],
  ])('with the list %j and %s returns %j', (noProxy, url, bypasses) => {
    expect(bypassesProxy(new URL(url), noProxy)).toBe(bypasses);
  });

  const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => `${labels.join('.')}.example`);

  it('matches exactly the name and its subdomains, with or without a leading dot', () => {
    fc.assert(
      fc.property(name, name, fc.constantFrom('', '.', '*.'), (host, entry, dot) => {
        const isWithin = `.${host}`.endsWith(`.${entry}`);
        expect(bypassesProxy(new URL(`https://${host}`), `${dot}${entry}`)).toBe(isWithin);
        expect(bypassesProxy(new URL(`https://sub.${entry}`), `${dot}${entry}`)).toBe(true);
        expect(bypassesProxy(new URL(`https://sub${entry}`), `${dot}${entry}`)).toBe(false);
      }),
    );
  });
});
