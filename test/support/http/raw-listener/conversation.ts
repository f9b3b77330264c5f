import { Chance } from '../../chance.ts';

/** The limit of a request head on the servers that are compared: small, so that requests around it are cheap. */
export const MAX_HEADER_BYTES = 1024;

/** The token that the servers require, and the header that carries it. */
export const TOKEN = 's\u00e9cret';
const TOKEN_HEADER = 'X-Aws-Parameters-Secrets-Token: s\u00c3\u00a9cret';

/** One write of the client. */
export interface Write {
  readonly bytes: Buffer;
  /** Turns of the event loop before the next write. */
  readonly turnsAfter: number;
  /** The number of answers, from the first request on, that the client waits for after this write. */
  readonly answersAfter?: number;
}

/** All bytes that a client sends on one connection, and when. */
export interface Conversation {
  readonly seed: number;
  readonly requests: number;
  readonly writes: readonly Write[];
  /** Whether each answer is to a HEAD request, by its place. */
  readonly isHead: readonly boolean[];
  /** Whether the client closes its side at once after its last byte. */
  readonly endsAtOnce: boolean;
  /** Whether the last answers may be missing: that depends on the time that a miss takes, and on what arrives together. */
  readonly mayBeCutOff: boolean;
}

interface Sent {
  readonly bytes: Buffer;
  readonly isHead?: boolean;
  /** Number of answers; 0 if the server ends the connection or waits for more. */
  readonly answers: number;
  /** Whether the answer is written before the server reads further. */
  readonly isImmediate?: boolean;
}

const END_OF_HEAD = '\r\n\r\n';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

const request = (line: string, headers: readonly string[], body = ''): Buffer =>
  latin1(`${[line, ...headers, '', ''].join('\r\n')}${body}`);

/** The words decide how the reader answers: see `ScriptedReader`. */
const WORDS: readonly [string, ...string[]] = [
  'hit',
  ...Array.from({ length: 24 }, () => 'hit'),
  'stale',
  ...Array.from({ length: 8 }, () => 'echo'),
  'echo-later',
  'echo-later',
  'later-0',
  'later-0',
  'later-1',
  'later-3',
  'later-6',
  'absent',
  'absent-later',
  'large',
  'throttled',
  'timed-out',
  'refused',
  'defect',
];

const ODD_TARGETS: readonly [string, ...string[]] = [
  '/words?shelf=Products',
  '/words?shelf=Products&word=%zz',
  '/words?shelf=Products&word=%ff',
  '/words?shelf=Products&word=a#b#c?d',
  '/words?shelf=Products&word="<>{}|^`\\',
  '/words?shelf=locked&word=tea',
  '/words?shelf=Products&word=tea&__proto__=x',
  '/words?shelf=Products&word=tea&format=lower',
  '/words?',
  '/words',
  '/words/',
  '//words?shelf=Products&word=tea',
  '/a/../words?shelf=Products&word=tea',
  '/health',
  '/nowhere',
];

/** Headers of common clients, which change nothing. */
const CLIENTS: readonly [readonly string[], ...(readonly string[])[]] = [
  [],
  ['Connection: keep-alive'],
  ['connection: Keep-Alive', 'accept: */*', 'user-agent: node'],
  ['Accept-Encoding: gzip, br', 'User-Agent:\ttest \t', 'tracestate:'],
  ['traceparent: 00-1-2-03', 'baggage: caf\u00e9'],
];

const ODD_HEADERS: readonly [string, ...string[]] = [
  'Host: localhost',
  'Host: cache.example',
  'Connection:',
  'Connection: keep-alive, x',
  'Connection: x',
  'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c',
  'Connection: upgrade\r\nUpgrade: websocket',
  'Upgrade: h2c',
  'Keep-Alive: timeout=5',
  'Proxy-Connection: keep-alive',
  'X-Forwarded-For: 10.0.0.1',
  'Via: 1.1 proxy',
  'Origin: null',
  'Sec-Fetch-Site: cross-site',
  'X-Aws-Parameters-Secrets-Token: wrong',
  'X-Aws-Parameters-Secrets-Token:',
  'Cache-Control: no-cache',
  'Cache-Control: max-age=x',
  'If-None-Match: *',
  'If-None-Match: "x"',
  'Content-Length: 0',
  'Range: bytes=0-1',
  'Trailer: x',
  'X-Any: caf\u00e9',
  'X-Empty:',
  'TE: trailers',
];

/** What closes the connection although it is a complete request. */
const CLOSING: readonly [string, ...string[]] = [
  'Connection: close',
  'Connection: CLOSE',
  'Connection: keep-alive, close',
  'Connection: keep-alive\r\nConnection: close',
  'Proxy-Connection: close',
  'proxy-connection: x, close',
];

const MALFORMED: readonly [string, ...string[]] = [
  'GET /words?shelf=Products&word=hit HTTP/1.1\nHost: localhost\n\n',
  'GET /words?shelf=Products&word=hit HTTP/1.1\r\nHost: localhost\n\r\n',
  'GET /words?shelf=Products&word=hit HTTP/1.1\r\nHost: localhost\r\n\n',
  'GET /words?shelf=Products&word=hit HTTP/1.1\rHost: localhost\r\r',
  'GET /words?shelf=Products&word=hit HTTP/1.1 \r\nHost: localhost\r\n\r\n',
  'GET /words?shelf=Products&word=hit HTTP/1.1\r\nHost : localhost\r\n\r\n',
  'GET /words?shelf=Products&word=hit HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n',
  'GET /words?shelf=Products&word=hit HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n',
  'GET /words?shelf=Products&word=hit HTTP/1.1\r\nHost: localhost\r\nX\r\n\r\n',
  'GET /words?shelf=Products&word=hit HTTP/1.1\r\nHost: localhost\r\n: a\r\n\r\n',
  'GET /words?shelf=Products&word=caf\u00e9 HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /words?shelf=Products&word=a b HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /words?shelf=Products&word=hit\x7f HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /words?shelf=Products&word=hit HTTP/2.0\r\nHost: localhost\r\n\r\n',
  'GET /words?shelf=Products&word=hit http/1.1\r\nHost: localhost\r\n\r\n',
  'GET words HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'get /words?shelf=Products&word=hit HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GETS /words?shelf=Products&word=hit HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /words HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
  'GET /words HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'garbage\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01',
  `GET /${'a'.repeat(MAX_HEADER_BYTES * 2)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(MAX_HEADER_BYTES * 3)}\r\n\r\n`,
];

/** Pieces of requests, for damaged bytes. */
const SNIPPETS: readonly [string, ...string[]] = [
  '\r\n',
  '\r\n\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  ':',
  '%',
  '\u00ff',
  'GET ',
  ' HTTP/1.1\r\n',
  'HTTP/1.0',
  '\r\nTransfer-Encoding: chunked',
  '\r\nContent-Length: 5',
  '\r\nConnection: close',
  '\r\nProxy-Connection: close',
  '\r\nExpect: 100-continue',
  '\r\nHost: a\r\nHost: b',
  '\r\n Folded: header',
  `\r\nX: ${'x'.repeat(MAX_HEADER_BYTES)}`,
  '5\r\nhello\r\n0\r\n\r\n',
];

const LAST = (headers: readonly string[]): Buffer =>
  request('GET /words?shelf=Products&word=last HTTP/1.1', [...headers, 'Connection: close']);

/** Generates the requests of one connection. */
class Client {
  readonly #random: Chance;
  #headers: readonly string[];

  constructor(random: Chance) {
    this.#random = random;
    this.#headers = this.#newHeaders();
  }

  get headers(): readonly string[] {
    return this.#headers;
  }

  /** A request that the raw listener may answer. */
  plain(word = this.#random.pick(WORDS)): Sent {
    if (this.#random.oneIn(8)) this.#headers = this.#newHeaders();
    const isOdd = this.#random.oneIn(150);
    const target = isOdd
      ? this.#random.pick(ODD_TARGETS)
      : `/words?shelf=Products&word=${word}-${this.#random.below(1000)}`;
    const isImmediate = !isOdd && /^(?:hit|stale|echo$)/.test(word);
    return { bytes: request(`GET ${target} HTTP/1.1`, this.#headers), answers: 1, isImmediate };
  }

  /** A complete request, after which the connection stays open. */
  other(): Sent {
    const random = this.#random;
    const target = this.#target();
    const headers = this.#headers;
    switch (random.below(13)) {
      case 0:
        return { bytes: request(`HEAD ${target} HTTP/1.1`, headers), answers: 1, isHead: true };
      case 1:
        return { bytes: request(`DELETE ${target} HTTP/1.1`, headers), answers: 1 };
      case 2: {
        const body = random.oneIn(2) ? 'hello' : request('GET /health HTTP/1.1', headers).toString('latin1');
        const length = `Content-Length: ${body.length}`;
        const method = random.pick(['POST', 'GET', 'PUT']);
        return { bytes: request(`${method} ${target} HTTP/1.1`, [...headers, length], body), answers: 1 };
      }
      case 3: {
        const chunked = [...headers, 'Transfer-Encoding: chunked'];
        const body = random.pick(['0\r\n\r\n', '5\r\nhello\r\n0\r\n\r\n', '1;a=b\r\nx\r\n0\r\nT: v\r\n\r\n']);
        const method = random.pick(['POST', 'GET', 'DELETE']);
        return { bytes: request(`${method} ${target} HTTP/1.1`, chunked, body), answers: 1 };
      }
      case 4: {
        const kept = [...headers.filter((line) => !/^connection/i.test(line)), 'Connection: keep-alive'];
        return { bytes: request(`GET ${target} HTTP/1.0`, kept), answers: 1 };
      }
      case 5:
        return { bytes: request(`GET ${target} HTTP/1.1`, [...headers, 'Expect: 100-continue']), answers: 2 };
      case 6:
        return { bytes: request(`GET http://localhost${target} HTTP/1.1`, headers), answers: 1 };
      case 7:
        return { bytes: request(`OPTIONS ${random.pick(['*', target])} HTTP/1.1`, headers), answers: 1 };
      case 8: {
        const empty = random.pick(['\r\n', '\r\n\r\n', '\n', '\r\n\n']);
        return { bytes: Buffer.concat([latin1(empty), this.plain().bytes]), answers: 1 };
      }
      case 9:
        return { bytes: Buffer.concat([this.plain().bytes, latin1('\r\n')]), answers: 1 };
      case 10:
        return this.#aroundLimit(target);
      default:
        return {
          bytes: request(`GET ${target} HTTP/1.1`, [...headers, random.pick(ODD_HEADERS)]),
          answers: 1,
        };
    }
  }

  /** A request after which the server closes the connection, or waits for more bytes. */
  fatal(): Sent {
    const random = this.#random;
    const target = this.#target();
    const headers = this.#headers;
    switch (random.below(8)) {
      case 0:
        return { bytes: request(`GET ${target} HTTP/1.0`, headers), answers: 0 };
      case 1:
        return {
          bytes: request(`GET ${target} HTTP/1.1`, [...headers, random.pick(CLOSING)]),
          answers: 0,
        };
      case 2: {
        const { bytes } = this.plain();
        return { bytes: bytes.subarray(0, random.below(bytes.length)), answers: 0 };
      }
      case 3:
      case 4:
        return { bytes: damaged(this.plain().bytes, random), answers: 0 };
      case 5:
        return {
          bytes: request(`GET ${target} HTTP/1.1`, [...headers, 'Expect: miracles']),
          answers: 0,
        };
      default:
        return { bytes: latin1(random.pick(MALFORMED)), answers: 0 };
    }
  }

  /** A head of a few bytes more or less than the limit, of which the line ends and other separators are no part. */
  #aroundLimit(target: string): Sent {
    const { length } = request(`GET ${target} HTTP/1.1`, [...this.#headers, 'X: ']);
    const padding = 'a'.repeat(Math.max(0, MAX_HEADER_BYTES - length + this.#random.between(-3, 3)));
    return { bytes: request(`GET ${target} HTTP/1.1`, [...this.#headers, `X: ${padding}`]), answers: 1 };
  }

  /** Of other requests, half are echoed, because the fast path of the program leaves most of them to the routes. */
  #target(): string {
    const word = this.#random.oneIn(2) ? 'echo' : this.#random.pick(WORDS);
    return `/words?shelf=Products&word=${word}-${this.#random.below(9)}`;
  }

  #newHeaders(): readonly string[] {
    const host = this.#random.oneIn(100)
      ? []
      : [this.#random.pick(['Host: localhost:4000', 'host: 127.0.0.1'])];
    const token = this.#random.oneIn(50) ? [] : [TOKEN_HEADER];
    return [...host, ...this.#random.pick(CLIENTS), ...token];
  }
}

/** Bytes that are changed, removed, inserted, cut off or repeated at random places. */
export const damaged = (bytes: Buffer, random: Chance): Buffer => {
  let changed = bytes;
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const at = random.below(changed.length + 1);
    const [before, after] = [changed.subarray(0, at), changed.subarray(at)];
    const middle = [
      () => [random.bytes(1), after.subarray(1)],
      () => [after.subarray(1 + random.below(8))],
      () => [latin1(random.pick(SNIPPETS)), after],
      () => [changed.subarray(random.below(changed.length + 1))],
      () => [],
    ][random.below(5)];
    changed = Buffer.concat([before, ...(middle?.() ?? [])]);
  }
  return changed;
};

/** Joins requests to writes, and splits these at random places. */
class Writes {
  readonly all: Write[] = [];
  readonly isHead: boolean[] = [];
  readonly #random: Chance;
  #joined: Buffer[] = [];
  #answers = 0;
  /** Whether an answer that takes time may be outstanding. */
  isPending = false;

  constructor(random: Chance) {
    this.#random = random;
  }

  add({ bytes, isHead = false, answers, isImmediate = false }: Sent): void {
    this.#joined.push(bytes);
    for (let answer = 0; answer < answers; answer += 1) this.isHead.push(isHead);
    this.#answers += answers;
    if (!isImmediate) this.isPending = true;
  }

  /** Sends what was added. @param waits whether the client waits for all answers */
  flush(waits: boolean, isSplit: boolean): void {
    const random = this.#random;
    const bytes = Buffer.concat(this.#joined);
    this.#joined = [];
    const cuts = isSplit ? Array.from({ length: 1 + random.below(3) }, () => random.below(bytes.length)) : [];
    // A head without its body may be taken for a whole request.
    if (isSplit && random.oneIn(3)) cuts.push(Math.min(bytes.indexOf(END_OF_HEAD) + 4, bytes.length));
    const ends = [...cuts.sort((a, b) => a - b), bytes.length];
    let start = 0;
    for (const end of ends) {
      const isLast = end === bytes.length;
      if (end > start || isLast) {
        this.all.push({
          bytes: bytes.subarray(start, end),
          turnsAfter: random.below(4),
          ...(isLast && waits ? { answersAfter: this.#answers } : {}),
        });
      }
      if (isLast) break;
      start = end;
    }
    if (waits) this.isPending = false;
  }
}

/** Generates the conversation of a seed. */
export const conversationOf = (seed: number): Conversation => {
  const random = new Chance(seed);
  const client = new Client(random);
  const writes = new Writes(random);
  let requests = 0;
  const add = (sent: Sent) => {
    writes.add(sent);
    requests += 1;
  };
  let mayBeCutOff = false;
  for (let plain = random.below(100); plain > 0; plain -= 1) {
    add(client.plain());
    writes.flush(true, false);
  }
  /** Requests that arrive while a miss is pending. */
  const burst = () => {
    for (let plain = 1 + random.below(4); plain > 0; plain -= 1) {
      add(client.plain(random.oneIn(2) ? random.pick(['later-3', 'later-6', 'echo-later']) : undefined));
      writes.flush(false, random.oneIn(10));
    }
    if (!random.oneIn(3)) add(client.other());
    writes.flush(random.oneIn(2), random.oneIn(3));
  };
  const split = () => {
    add(client.plain());
    writes.flush(random.oneIn(2), true);
  };
  const mix = () => {
    const isPipelined = random.oneIn(2);
    for (let sent = 1 + random.below(5); sent > 0; sent -= 1) {
      add(random.oneIn(3) ? client.plain() : client.other());
      // In separate writes without a wait, requests arrive while a miss is pending.
      if (!isPipelined) writes.flush(random.oneIn(2), random.oneIn(3));
    }
    writes.flush(random.oneIn(2), random.oneIn(2));
  };
  for (let rounds = random.oneIn(3) ? 0 : random.below(4); rounds > 0; rounds -= 1) {
    random.pick([burst, burst, split, mix, mix])();
    for (let plain = random.below(6); plain > 0; plain -= 1) {
      add(client.plain());
      writes.flush(random.oneIn(2), random.oneIn(8));
    }
  }
  if (random.oneIn(2)) {
    if (!random.oneIn(5)) writes.flush(true, false);
    const sent = client.fatal();
    mayBeCutOff = writes.isPending;
    add(sent);
    writes.flush(false, random.oneIn(3));
  }
  const endsAtOnce = random.oneIn(6);
  if (endsAtOnce) mayBeCutOff ||= writes.isPending;
  else if (!random.oneIn(6)) {
    add({ bytes: LAST(client.headers), answers: 1 });
    writes.flush(false, random.oneIn(6));
  }
  mayBeCutOff ||= CUTS_OFF.test(Buffer.concat(writes.all.map(({ bytes }) => bytes)).toString('latin1'));
  return { seed, requests, writes: writes.all, isHead: writes.isHead, endsAtOnce, mayBeCutOff };
};

/**
 * `node:http` drops what it reads together with a request that asks for an upgrade, and closes at once if more comes behind a
 * request that asks for the end of its connection and is not answered yet. The raw listener answers it first.
 */
const CUTS_OFF = /^connection: *upgrade|^connection:.*close[\s\S]+^connection: *close/im;

/** Generates damaged bytes, split at random places, behind at most a few plain requests. */
export const damagedConversationOf = (seed: number): Conversation => {
  const random = new Chance(seed);
  const client = new Client(random);
  const writes = new Writes(random);
  let requests = 0;
  for (let plain = random.below(3); plain > 0; plain -= 1) {
    writes.add(client.plain());
    writes.flush(true, false);
    requests += 1;
  }
  for (let pieces = 1 + random.below(4); pieces > 0; pieces -= 1) {
    const { bytes } = random.oneIn(3) ? client.other() : client.plain();
    const isNoise = random.oneIn(20);
    const isWhole = random.oneIn(3);
    const sent = isNoise ? random.bytes(1 + random.below(120)) : isWhole ? bytes : damaged(bytes, random);
    writes.add({ bytes: sent, answers: 0 });
    requests += 1;
    if (random.oneIn(2)) writes.flush(false, random.oneIn(2));
  }
  writes.flush(false, random.oneIn(2));
  const endsAtOnce = random.oneIn(4);
  return { seed, requests, writes: writes.all, isHead: writes.isHead, endsAtOnce, mayBeCutOff: true };
};
