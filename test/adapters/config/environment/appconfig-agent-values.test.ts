import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  parsePollInterval,
  parsePollTimeout,
} from '../../../../src/adapters/config/environment/lenient-reader.ts';
import { parsePrefetchList } from '../../../../src/adapters/config/environment/appconfig-agent.ts';

describe('parsePollInterval', () => {
  it.each([
    ['', 45_000],
    ['45', 45_000],
    [' 45s ', 45_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1m30s', 90_000],
    ['1', 1_000],
    ['86400', 86_400_000],
  ])('reads %j as %d ms', (text, value) => {
    expect(parsePollInterval(text)).toEqual({ value });
  });

  it.each([
    ['0', 1_000],
    ['-5', 1_000],
    ['300ms', 1_000],
    ['25h', 86_400_000],
    ['9'.repeat(30), 45_000],
    ['soon', 45_000],
    ['45 s', 45_000],
    ['1.5', 45_000],
    ['NaN', 45_000],
  ])('reads %j as %d ms with a warning', (text, value) => {
    const { value: used, warning } = parsePollInterval(text);

    expect(used).toBe(value);
    expect(warning).toBe(
      `AWS_APPCONFIG_EXTENSION_POLL_INTERVAL_SECONDS is ${JSON.stringify(text)}; allowed: seconds such as 45, or a duration such as 45s, 5m or 1h, from 1s to 24h; ${value} ms is used`,
    );
  });
});

describe('parsePollTimeout', () => {
  it.each([
    ['', 3_000],
    ['3000', 3_000],
    ['300ms', 300],
    ['5s', 5_000],
  ])('reads %j as %d ms', (text, value) => {
    expect(parsePollTimeout(text)).toEqual({ value });
  });

  it.each([
    ['0', 1],
    ['1h', 900_000],
    ['x', 3_000],
  ])('reads %j as %d ms with a warning', (text, value) => {
    expect(parsePollTimeout(text)).toEqual({
      value,
      warning: expect.stringContaining('AWS_APPCONFIG_EXTENSION_POLL_TIMEOUT_MILLIS'),
    });
  });
});

it('gives durations that are in range, whatever the text', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('1', '9', '.', '-', 's', 'm', 'h') }));
  fc.assert(
    fc.property(text, (given) => {
      const interval = parsePollInterval(given).value;
      const timeout = parsePollTimeout(given).value;

      expect(interval >= 1_000 && interval <= 86_400_000).toBe(true);
      expect(timeout >= 1 && timeout <= 900_000).toBe(true);
    }),
  );
});

it('shows at most 80 characters of a value', () => {
  expect(parsePollInterval('x'.repeat(500)).warning).toContain(`"${'x'.repeat(80)}"`);
});

describe('parsePrefetchList', () => {
  it('reads both syntaxes', () => {
    expect(
      parsePrefetchList('Shop:prod:flags, /applications/my%20app/environments/e1/configurations/My Profile,'),
    ).toEqual({
      value: [
        { application: 'Shop', environment: 'prod', profile: 'flags' },
        { application: 'my app', environment: 'e1', profile: 'My Profile' },
      ],
    });
  });

  it('is empty for an empty text', () => {
    expect(parsePrefetchList('')).toEqual({ value: [] });
  });

  it('skips what it cannot read, and warns with the positions', () => {
    const { value, warning } = parsePrefetchList('a:b,a:b:c,a:b:c:d,a::c,/applications/a,a:..:c');

    expect(value).toEqual([{ application: 'a', environment: 'b', profile: 'c' }]);
    expect(warning).toContain('AWS_APPCONFIG_EXTENSION_PREFETCH_LIST: ignored at position 1, 3, 4, 5, 6;');
  });
});
