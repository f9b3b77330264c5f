import { once } from 'node:events';
import { connect } from 'node:net';

const END_OF_HEAD = '\r\n\r\n';
const END_OF_CHUNKS = '\r\n0\r\n\r\n';
const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=0000';

/** One connection, kept alive, over which requests are sent one after another. */
export class Client {
  #socket;
  #host;
  #received = '';
  #isComplete = () => false;
  #settle = { resolve: () => undefined, reject: () => undefined };

  /** @param {number} port */
  static async open(port) {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    return new Client(socket, `127.0.0.1:${port}`);
  }

  constructor(socket, host) {
    this.#socket = socket;
    this.#host = host;
    socket.setEncoding('latin1').on('data', (text) => {
      this.#received += text;
      if (this.#isComplete(this.#received)) this.#settle.resolve(this.#received);
    });
    socket.on('error', (error) => this.#settle.reject(error));
    socket.on('close', () => this.#settle.reject(new Error('the program closed the connection')));
  }

  /**
   * Sends a request in one write.
   *
   * @param {import('./cases.mjs').TracedRequest} request
   * @returns {Promise<{ status: number, bytes: number }>} when the answer is complete; `bytes` is its whole length
   */
  async send(request) {
    this.#received = '';
    this.#isComplete = (text) => isComplete(text, request.method);
    const received = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#socket.write(messageOf(request, this.#host));
    const text = await received;
    return { status: Number(text.split(' ')[1]), bytes: text.length };
  }

  close() {
    this.#socket.destroy();
  }
}

const messageOf = ({ method, target, operation, body }, host) => {
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`];
  if (operation !== undefined) {
    lines.push(
      'Content-Type: application/x-amz-json-1.0',
      `X-Amz-Target: DynamoDB_20120810.${operation}`,
      'X-Amz-Date: 20260101T000000Z',
      `Authorization: ${AUTHORIZATION}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
    );
  }
  return `${lines.join('\r\n')}${END_OF_HEAD}${body ?? ''}`;
};

const isComplete = (text, method) => {
  const end = text.indexOf(END_OF_HEAD);
  if (end === -1) return false;
  const head = text.slice(0, end);
  if (method === 'HEAD' || / (204|304) /.test(head.slice(0, 14))) return true;
  if (/^transfer-encoding: *chunked/im.test(head)) return text.endsWith(END_OF_CHUNKS);
  const length = /^content-length: *(\d+)/im.exec(head)?.[1] ?? '0';
  return text.length >= end + END_OF_HEAD.length + Number(length);
};
