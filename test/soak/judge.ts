import type { AnsweredRead, AnsweredRequest } from './generated-request.ts';
import { type CacheLine, faultsOfAnswer, readCacheLine, type Visibility } from './judge-answer.ts';
import { faultsOfFailure, isTroubled } from './judge-failure.ts';
import type { SourceLedger } from './ledger.ts';
import { CONTENT_TYPES, idIn, plainText, type SourceRead, typedText } from './source-read.ts';

/** The code of a problem and its faults in form. */
interface ProblemBody {
  readonly code: string;
  readonly faults: readonly string[];
}

const STACK = /\n\s+at |node_modules/;

/** Parses an answer that must be `application/problem+json`. */
const problemIn = ({ request, status, headers, body }: AnsweredRequest): ProblemBody => {
  const faults = headers.get('content-type') === 'application/problem+json' ? [] : ['it is no problem+json'];
  if (request.method === 'HEAD') return { code: 'unknown', faults };
  if (STACK.test(body)) faults.push('its body carries a stack');
  try {
    const problem: unknown = JSON.parse(body);
    const code = typeof problem === 'object' && problem !== null ? Reflect.get(problem, 'code') : undefined;
    const told = typeof problem === 'object' && problem !== null ? Reflect.get(problem, 'status') : undefined;
    if (told !== status) faults.push('its body tells another status');
    return { code: String(code), faults };
  } catch {
    return { code: 'none', faults: [...faults, 'its body is no JSON'] };
  }
};

/** The kind of an answer and its faults. */
interface Verdict {
  /** In a few words. */
  readonly kind: string;
  readonly faults: readonly string[];
}

/** Decides whether an answer is permitted. */
export class Judge {
  readonly #ledger: SourceLedger;
  readonly #visibility: Visibility;

  constructor(ledger: SourceLedger, visibility: Visibility) {
    this.#ledger = ledger;
    this.#visibility = visibility;
  }

  judge(exchange: AnsweredRequest): Verdict {
    const { request, status } = exchange;
    const { expectation } = request;
    switch (expectation.kind) {
      case 'read':
        return this.#judgeRead({ ...exchange, asked: expectation });
      case 'delete': {
        const { sent, received } = exchange;
        this.#ledger.invalidated(expectation.what, sent.order, received.order);
        return verdict('204 forgotten', status === 204 ? [] : [`a DELETE was answered with ${status}`]);
      }
      case 'problem':
        return this.#judgeProblem(exchange, expectation.status, expectation.code);
      default:
        return verdict(
          expectation.kind,
          status === 200 ? [] : [`${expectation.kind} was answered with ${status}`],
        );
    }
  }

  #judgeProblem(exchange: AnsweredRequest, status: number, code: string): Verdict {
    const problem = problemIn(exchange);
    const faults = [...problem.faults];
    if (exchange.status !== status || problem.code !== code)
      faults.push(`${exchange.status} ${problem.code} instead of ${status} ${code}`);
    if (exchange.headers.has('cache-status')) faults.push('Cache-Status stands on a refused request');
    if (status === 405 && !exchange.headers.has('allow')) faults.push('405 comes without Allow');
    return verdict(`${status} refused request`, faults);
  }

  #judgeRead(answered: AnsweredRead): Verdict {
    const { status, headers } = answered;
    const isAnswer = status === 200 || status === 304 || (status === 404 && headers.has('cache-status'));
    if (!isAnswer) return this.#judgeFailure(answered);
    const text = headers.get('cache-status') ?? '';
    const line = readCacheLine(text);
    if (line === undefined) return verdict('unreadable', [`Cache-Status is not to be read: ${text}`]);
    const kind = `${status} ${kindOf(line)}`;
    const candidates = this.#candidates(answered);
    let best: readonly string[] = ['nobody knows where it comes from'];
    for (const read of candidates) {
      const faults = [
        ...this.#faultsOfForm(read, answered),
        ...faultsOfAnswer(read, line, answered, this.#ledger, this.#visibility),
      ];
      if (faults.length === 0) {
        this.#learn(read, line, answered);
        return verdict(kind, this.#faultsOfWindow(line, answered));
      }
      if (candidates.length === 1 || faults.length < best.length) best = faults;
    }
    return verdict(kind, best);
  }

  #judgeFailure(answered: AnsweredRead): Verdict {
    const problem = problemIn(answered);
    // The answer to HEAD has no body with a code.
    if (answered.request.method === 'HEAD') return verdict(`${answered.status} to HEAD`, problem.faults);
    const faults = [
      ...problem.faults,
      ...faultsOfFailure(problem.code, answered, this.#ledger, this.#visibility),
      ...(answered.headers.has('cache-status') ? ['Cache-Status stands on a failure'] : []),
    ];
    return verdict(`${answered.status} ${problem.code}`, faults);
  }

  /** The reads that the answer may come from: one, if a body or an entity tag tells which. */
  #candidates({ asked, status, headers, body }: AnsweredRead): readonly SourceRead[] {
    const { reads } = this.#ledger.historyOf(asked.row);
    if (status === 404) return reads.filter(({ content }) => content === undefined);
    const present = reads.filter(({ content }) => content !== undefined);
    const id = idIn(body);
    if (id !== undefined) return present.filter((read) => read.id === id);
    const tag = headers.get('etag');
    const known = present.filter(({ tags }) => tags.get(asked.format) === tag);
    return known.length > 0 ? known : present.filter(({ tags }) => !tags.has(asked.format));
  }

  #faultsOfForm(
    read: SourceRead,
    { asked, request, status, headers, body }: AnsweredRead,
  ): readonly string[] {
    if (status === 404) return [];
    const faults: string[] = [];
    const tag = headers.get('etag') ?? '';
    const known = read.tags.get(asked.format);
    if (!/^"[\x21\x23-\x7e]+"$/.test(tag)) faults.push('its ETag is not a strong one');
    if (known !== undefined && known !== tag) faults.push('its ETag is not that of its body');
    if (status === 304) return asked.has === read ? faults : [...faults, 'its reader has not got it'];
    const text = asked.format === 'plain' ? plainText(read) : typedText(read);
    if (request.method !== 'HEAD' && body !== text) faults.push('its body is not what DynamoDB sent');
    if (headers.get('content-length') !== String(Buffer.byteLength(text))) faults.push('its length is wrong');
    if (headers.get('content-type') !== CONTENT_TYPES[asked.format]) faults.push('its content type is wrong');
    if (asked.has === read && known === request.headers['if-none-match'])
      faults.push('its reader has it already');
    return faults;
  }

  #faultsOfWindow(line: CacheLine, answered: AnsweredRead): readonly string[] {
    const wasAsked = line.from === 'memory after failure';
    const needsTrouble = wasAsked || (line.from === 'memory' && line.window === 'stale-if-error');
    if (!needsTrouble || isTroubled(answered, wasAsked, this.#ledger, this.#visibility)) return [];
    return ['it is stale though nothing failed'];
  }

  #learn(read: SourceRead, line: CacheLine, { asked, request, headers, received }: AnsweredRead): void {
    const tag = headers.get('etag');
    // If only the length is known, another read of that length may be the source.
    if (tag !== undefined && request.method !== 'HEAD') read.tags.set(asked.format, tag);
    if (line.from !== 'origin' || line.isStored)
      this.#ledger.historyOf(asked.row).holds(read.id, received.order);
  }
}

const verdict = (kind: string, faults: readonly string[]): Verdict => ({ kind, faults });

const kindOf = (line: CacheLine): string => {
  switch (line.from) {
    case 'memory':
      return line.window ?? 'hit';
    case 'memory after failure':
      return 'stale-if-error, asked';
    case 'origin':
      return line.isCollapsed ? 'shared read' : 'read';
  }
};
