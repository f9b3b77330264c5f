import { describe, expect, it } from '@jest/globals';
import { parseResponseHead } from '../../../../src/adapters/aws/http-client/response-reader.ts';

describe('readHead', () => {
  it('reads the status, and the headers by their names in lower case', () => {
    expect(
      parseResponseHead('HTTP/1.1 404 Not Found\r\nContent-Length:  12\t \r\nx-empty:\r\nDate: a:b'),
    ).toEqual({
      status: 404,
      headers: { 'content-length': '12', 'x-empty': '', date: 'a:b' },
      isOld: false,
    });
  });

  it('reads an answer of HTTP/1.0 without a reason and without headers', () => {
    expect(parseResponseHead('HTTP/1.0 200')).toEqual({ status: 200, headers: {}, isOld: true });
  });

  it('joins what was sent twice', () => {
    expect(parseResponseHead('HTTP/1.1 200 OK\r\nA: 1\r\nb: 2\r\na: 3').headers).toEqual({
      a: '1, 3',
      b: '2',
    });
  });

  it('takes no name for one that every object has', () => {
    expect(parseResponseHead('HTTP/1.1 200 OK\r\nconstructor: 1').headers.constructor).toBe('1');
  });

  it.each([
    'HTTP/1.1 200OK',
    'HTTP/2 200',
    'HTTP/1.1 099',
    'HTTP/1.1 600',
    'HTTP/1.1 999 x',
    'HTTP/1.1 200 \x7f',
    'HTTP/1.1 99\r\na: b',
    '',
  ])('sees that %j begins with no status line', (text) => {
    expect(() => parseResponseHead(text)).toThrow('invalid status line');
  });

  it.each(['a', ' a: b', ': b', 'a : b', 'a: \x00', 'a: b\nc: d', 'a: b\r', ''])(
    'sees that %j is no header',
    (line) => {
      expect(() => parseResponseHead(`HTTP/1.1 200 OK\r\nx: y\r\n${line}`)).toThrow('invalid header line');
      expect(() => parseResponseHead(`HTTP/1.1 200 OK\r\n${line}\r\nx: y`)).toThrow('invalid header line');
    },
  );
});
