import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** What is sent for a command; it may also write to the connection itself, or close it. */
export type Script = (command: readonly string[], socket: Socket) => string;

/** A server that answers each command with what a script says, which need not be an answer. */
export class ScriptedValkey {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #script: Script;
  /** The commands that the present script was asked for. */
  commands = 0;

  private constructor(server: Server, port: number, script: Script) {
    this.#server = server;
    this.port = port;
    this.#script = script;
    server.on('connection', (socket) => this.#accept(socket));
  }

  static async start(script: Script): Promise<ScriptedValkey> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('the server has no port');
    return new ScriptedValkey(server, bound.port, script);
  }

  follow(script: Script): void {
    this.#script = script;
    this.commands = 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (let found = commandIn(received); found !== undefined; found = commandIn(received)) {
        received = received.slice(found.length);
        this.commands += 1;
        const answer = this.#script(found.words, socket);
        if (answer !== '' && socket.writable) socket.write(answer);
      }
    });
  }
}

/** The first command, if it is complete. */
const commandIn = (text: string): { words: readonly string[]; length: number } | undefined => {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (head === null) return undefined;
  const words: string[] = [];
  let at = head[0].length;
  for (let count = Number(head[1]); count > 0; count -= 1) {
    const [line = '', length] = /^\$(\d+)\r\n/.exec(text.slice(at, at + 20)) ?? [];
    const end = at + line.length + Number(length);
    if (line === '' || text.length < end + 2) return undefined;
    words.push(text.slice(at + line.length, end));
    at = end + 2;
  }
  return { words, length: at };
};
