import { describe, expect, it } from '@jest/globals';
import { SigningKeys } from '../../../../src/adapters/aws/sigv4/sigv4.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const SCOPE = { day: '20150830', region: 'us-east-1', service: 'iam' };

describe('SigningKeys', () => {
  it('derives the key of the example in the documentation of AWS', () => {
    const text =
      'AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\nf536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59';

    expect(new SigningKeys().of(SCOPE, SECRET).sign(text)).toBe(
      '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    );
  });

  it('derives each key once', () => {
    const keys = new SigningKeys();
    const key = keys.of(SCOPE, SECRET);
    keys.of({ ...SCOPE, day: '20150831' }, SECRET);

    expect(keys.of({ ...SCOPE }, SECRET)).toBe(key);
  });

  it.each([
    ['day', { ...SCOPE, day: '20150831' }, SECRET],
    ['region', { ...SCOPE, region: 'eu-west-1' }, SECRET],
    ['service', { ...SCOPE, service: 'dynamodb' }, SECRET],
    ['secret', SCOPE, 'another'],
  ])('gives another key for another %s', (_, scope, secret) => {
    const keys = new SigningKeys();
    const signature = keys.of(SCOPE, SECRET).sign('text');

    expect(keys.of(scope, secret).sign('text')).not.toBe(signature);
  });

  it('forgets them when there are too many', () => {
    const keys = new SigningKeys();
    const first = keys.of(SCOPE, SECRET);
    for (let day = 0; day < 31; day += 1) keys.of({ ...SCOPE, day: String(day) }, SECRET);
    expect(keys.of(SCOPE, SECRET)).toBe(first);
    keys.of({ ...SCOPE, day: '31' }, SECRET);

    expect(keys.of(SCOPE, SECRET)).not.toBe(first);
    expect(keys.of(SCOPE, SECRET).sign('text')).toBe(first.sign('text'));
  });
});
