import { connect } from 'node:net';

/** A request that every server answers, and whose answer is known by its path. */
const LAST = 'GET /the-last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** What a server answers to bytes and to a last request behind them: status and code of each, without what differs by time. */
export const answersTo = (port: number, bytes: string): Promise<readonly string[]> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('connect', () => socket.write(Buffer.from(bytes + LAST, 'latin1')));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(briefly(received)));
  });

const briefly = (received: string): readonly string[] =>
  received
    .split(/(?=HTTP\/1\.1 \d{3} )/)
    .filter((text) => text !== '')
    .map((text) => {
      const status = text.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length);
      const connection = /^connection: ([^\r]*)/im.exec(text)?.[1] ?? 'unsaid';
      const code = /"code":"(\w+)"/.exec(text)?.[1];
      return [status, code, connection.toLowerCase()].filter((part) => part !== undefined).join(' ');
    });
