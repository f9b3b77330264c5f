import type { Sight } from './age.ts';
import { type CacheLine, readCacheLine } from './cache-line.ts';
import type { Exchange, Reading } from './exchange.ts';
import { faultsOfAnswer } from './judge-answer.ts';
import { faultsOfFailure, isTroubled } from './judge-failure.ts';
import type { Ledger } from './ledger.ts';
import { problemIn } from './problem-body.ts';
import { CONTENT_TYPES, idIn, plainText, type Question, typedText } from './question.ts';

/** What an answer was, and what was wrong with it. */
export interface Verdict {
  /** Its kind, in a few words. */
  readonly kind: string;
  readonly faults: readonly string[];
}

/** Says of every answer to a read whether it is one of those that are allowed. */
export class Judge {
  readonly #ledger: Ledger;
  readonly #sight: Sight;

  constructor(ledger: Ledger, sight: Sight) {
    this.#ledger = ledger;
    this.#sight = sight;
  }

  judge(exchange: Exchange): Verdict {
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

  #judgeProblem(exchange: Exchange, status: number, code: string): Verdict {
    const problem = problemIn(exchange);
    const faults = [...problem.faults];
    if (exchange.status !== status || problem.code !== code)
      faults.push(`${exchange.status} ${problem.code} instead of ${status} ${code}`);
    if (exchange.headers.has('cache-status')) faults.push('Cache-Status stands on a refused request');
    if (status === 405 && !exchange.headers.has('allow')) faults.push('405 comes without Allow');
    return verdict(`${status} refused request`, faults);
  }

  #judgeRead(reading: Reading): Verdict {
    const { status, headers } = reading;
    const isAnswer = status === 200 || status === 304 || (status === 404 && headers.has('cache-status'));
    if (!isAnswer) return this.#judgeFailure(reading);
    const text = headers.get('cache-status') ?? '';
    const line = readCacheLine(text);
    if (line === undefined) return verdict('unreadable', [`Cache-Status is not to be read: ${text}`]);
    const kind = `${status} ${kindOf(line)}`;
    const candidates = this.#candidates(reading);
    let best: readonly string[] = ['nobody knows where it comes from'];
    for (const question of candidates) {
      const faults = [
        ...this.#faultsOfForm(question, reading),
        ...faultsOfAnswer(question, line, reading, this.#ledger, this.#sight),
      ];
      if (faults.length === 0) {
        this.#learn(question, line, reading);
        return verdict(kind, this.#faultsOfWindow(line, reading));
      }
      if (candidates.length === 1 || faults.length < best.length) best = faults;
    }
    return verdict(kind, best);
  }

  #judgeFailure(reading: Reading): Verdict {
    const problem = problemIn(reading);
    // A HEAD has no body to tell the code in.
    if (reading.request.method === 'HEAD') return verdict(`${reading.status} to HEAD`, problem.faults);
    const faults = [
      ...problem.faults,
      ...faultsOfFailure(problem.code, reading, this.#ledger, this.#sight),
      ...(reading.headers.has('cache-status') ? ['Cache-Status stands on a failure'] : []),
    ];
    return verdict(`${reading.status} ${problem.code}`, faults);
  }

  /** The questions that may be behind the answer: one, if there is a body or an entity tag to tell it. */
  #candidates({ asked, status, headers, body }: Reading): readonly Question[] {
    const { questions } = this.#ledger.placeHistory(asked.place);
    if (status === 404) return questions.filter(({ content }) => content === undefined);
    const present = questions.filter(({ content }) => content !== undefined);
    const id = idIn(body);
    if (id !== undefined) return present.filter((question) => question.id === id);
    const tag = headers.get('etag');
    const known = present.filter(({ tags }) => tags.get(asked.format) === tag);
    return known.length > 0 ? known : present.filter(({ tags }) => !tags.has(asked.format));
  }

  #faultsOfForm(question: Question, { asked, request, status, headers, body }: Reading): readonly string[] {
    if (status === 404) return [];
    const faults: string[] = [];
    const tag = headers.get('etag') ?? '';
    const known = question.tags.get(asked.format);
    if (!/^"[\x21\x23-\x7e]+"$/.test(tag)) faults.push('its ETag is not a strong one');
    if (known !== undefined && known !== tag) faults.push('its ETag is not that of its body');
    if (status === 304) return asked.has === question ? faults : [...faults, 'its reader has not got it'];
    const text = asked.format === 'plain' ? plainText(question) : typedText(question);
    if (request.method !== 'HEAD' && body !== text) faults.push('its body is not what DynamoDB sent');
    if (headers.get('content-length') !== String(Buffer.byteLength(text))) faults.push('its length is wrong');
    if (headers.get('content-type') !== CONTENT_TYPES[asked.format]) faults.push('its content type is wrong');
    if (asked.has === question && known === request.headers['if-none-match'])
      faults.push('its reader has it already');
    return faults;
  }

  #faultsOfWindow(line: CacheLine, reading: Reading): readonly string[] {
    const wasAsked = line.from === 'memory after failure';
    const needsTrouble = wasAsked || (line.from === 'memory' && line.window === 'stale-if-error');
    if (!needsTrouble || isTroubled(reading, wasAsked, this.#ledger, this.#sight)) return [];
    return ['it is stale though nothing failed'];
  }

  #learn(question: Question, line: CacheLine, { asked, request, headers, received }: Reading): void {
    const tag = headers.get('etag');
    // What was told by its length alone may be the answer to another question of that length.
    if (tag !== undefined && request.method !== 'HEAD') question.tags.set(asked.format, tag);
    if (line.from !== 'origin' || line.isStored)
      this.#ledger.placeHistory(asked.place).holds(question.id, received.order);
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
