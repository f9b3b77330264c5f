import { connect } from 'node:net';

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LENGTH = /content-length: *(\d+)/i;

/** One socket that sends one request at a time. */
export class LoadConnection {
  #port;
  #socket;
  #buffer = Buffer.allocUnsafe(262_144);
  #head = [];
  #missing = -1;
  #done;

  constructor(port) {
    this.#port = port;
  }

  open() {
    return new Promise((resolve, reject) => {
      this.#socket = connect({
        host: '127.0.0.1',
        port: this.#port,
        noDelay: true,
        onread: { buffer: this.#buffer, callback: (length) => this.#take(length) },
      });
      this.#socket.once('connect', resolve).once('error', reject);
    });
  }

  /** Sends `request` and calls `done` when the response is complete. */
  ask(request, done) {
    this.#done = done;
    this.#socket.write(request, 'latin1');
  }

  close() {
    this.#socket.destroy();
  }

  #take(length) {
    if (this.#missing < 0) this.#takeHead(length);
    else this.#missing -= length;
    if (this.#missing !== 0) return true;
    this.#missing = -1;
    this.#done();
    return true;
  }

  /** The head normally arrives in one piece. */
  #takeHead(length) {
    const piece = this.#buffer.subarray(0, length);
    const before = this.#head.length === 0 ? piece : Buffer.concat([...this.#head, piece]);
    const end = before.indexOf(END_OF_HEAD);
    if (end === -1) {
      this.#head.push(Buffer.from(piece));
      return;
    }
    this.#head = [];
    const head = before.latin1Slice(0, end);
    if (!head.startsWith('HTTP/1.1 200')) throw new Error(`the response is not 200: ${head.slice(0, 40)}`);
    const contentLength = LENGTH.exec(head)?.[1];
    if (contentLength === undefined) throw new Error('the response has no Content-Length');
    this.#missing = Number(contentLength) - (before.length - end - END_OF_HEAD.length);
  }
}
