import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ReplyGuard, UnusableReplyError } from '../../../src/adapters/valkey/reply-guard.ts';

const receive = (text: string, { commands = 1, chunkBytes = text.length || 1 } = {}): void => {
  const guard = new ReplyGuard();
  for (let n = 0; n < commands; n += 1) guard.sent();
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += chunkBytes) guard.receive(bytes.subarray(at, at + chunkBytes));
};

/** A value of RESP 2 with at most four levels. */
const values: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      '$-1\r\n',
      '*-1\r\n',
      '*0\r\n',
      ':-7\r\n',
      '+OK\r\n',
      '-ERR no\r\n',
      '-MOVED 12 host:7000\r\n',
    ),
    fc.string({ unit: 'binary-ascii' }).map((text) => `$${text.length}\r\n${text}\r\n`),
    fc.array(tie('value'), { minLength: 1, maxLength: 4 }).map((all) => `*${all.length}\r\n${all.join('')}`),
  ),
})).value;

describe('replies on a connection', () => {
  it('pass, however they are cut, if each belongs to a command', () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), fc.nat({ max: 8 }), (replies, size) => {
        receive(replies.join(''), { commands: replies.length, chunkBytes: size + 1 });
      }),
    );
  });

  it('end the connection as soon as one comes that belongs to no command', () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), fc.nat({ max: 8 }), (replies, size) => {
        const unasked = { commands: replies.length - 1, chunkBytes: size + 1 };
        expect(() => receive(replies.join(''), unasked)).toThrow('a reply came without a command');
      }),
    );
  });

  it.each([
    ['a string of 2 MiB', `$2097152\r\n${'x'.repeat(2_097_152)}\r\n`],
    ['four levels', '*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n'],
    ['the last slot and port', '-MOVED 16383 host:65535\r\n'],
    ['an IPv6 address', '-ASK 0 2001:db8::1:6379\r\n'],
  ])('may have %s', (_, text) => {
    expect(() => receive(text)).not.toThrow();
  });

  it.each([
    ['a string of more than 2 MiB', '$2097153\r\n', 'a string is too long'],
    ['five levels', '*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n', 'too deep'],
    ['more elements than it may', '*262145\r\n', 'too many elements'],
    ['more elements than it may in all', '*131073\r\n*131072\r\n', 'too many elements'],
    ['a length with a letter', '$1x\r\n', 'a length is malformed'],
    ['a length below -1', '*-2\r\n', 'a length is malformed'],
    ['a length with too many digits', '*10000000\r\n', 'a length is malformed or too large'],
    ['a number with a letter', ':1x\r\n', 'a number is malformed'],
    ['a type of RESP 3', '_\r\n', 'an unknown type'],
    ['a line that ends in a line feed', '+OK\n', 'ends in another way'],
    ['a carriage return in a line', '+O\rK\r\n', 'ends in another way'],
    ['a line of more than 4 KiB', `+${'x'.repeat(4_096)}`, 'a line is too long'],
    [
      'too many bytes',
      `*8\r\n${`$2000000\r\n${'x'.repeat(2_000_000)}\r\n`.repeat(5)}`,
      'a reply is too large',
    ],
    ['a redirection without a place', '-MOVED 1\r\n', 'a redirection is malformed'],
    ['a redirection without a port', '-ASK 1 host\r\n', 'a redirection is malformed'],
    ['a redirection to port 0', '-ASK 1 host:0\r\n', 'a redirection is malformed'],
    ['a redirection of a slot that is none', '-MOVED 16384 host:1\r\n', 'a redirection is malformed'],
    ['nothing but the word of a redirection', '-MOVED\r\n', 'a redirection is malformed'],
  ])('may not have %s', (_, text, message) => {
    expect(() => receive(text)).toThrow(UnusableReplyError);
    expect(() => receive(text)).toThrow(message);
  });
});
