import type { JsonEndpointParts } from '../../../src/application/aws-json/serve-json-operations.ts';
import type { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import { isListOf, isText, parseAwsObject, required } from '../../../src/domain/named-values/aws-answer.ts';
import { AWS_JSON } from '../../../src/domain/named-values/value-bodies.ts';
import { composedResponse, type ValueOperations } from '../../../src/domain/named-values/value-operations.ts';
import type { WireAnswer } from '../../../src/ports/inbound/wire-operations.ts';
import type {
  ForwardedOperation,
  OperationForwarder,
} from '../../../src/ports/outbound/operation-forwarder.ts';
import { keyOf } from '../application/create-application.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * `GetWord`, `NextWord`, `GetWords`, and writes. A word is a JSON string. It is in the group `Words`, or in `LentWords` if it
 * begins with `lent`. Only the service answers a request with `Aloud`.
 */
export const WORDS: ValueOperations = {
  reads: new Map([
    [
      'GetWord',
      (input) => (input.Aloud === undefined ? reading(required(input, 'Word', isText)) : undefined),
    ],
    ['NextWord', (input) => ({ ...reading(required(input, 'Word', isText)), isContinuation: true })],
    [
      'GetWords',
      (input) => {
        const words = required(input, 'Words', isListOf(isText));
        return {
          keys: words.map(wordKey),
          compose: (bodies) => {
            const found = bodies.flatMap((body) => (body === undefined ? [] : decoder.decode(body)));
            return found.length < bodies.length ? undefined : composedResponse(`{"Words":[${found}]}`);
          },
          sort: (response, keys) => {
            const answered = required(parseAwsObject(response), 'Words', isListOf(isText));
            const answers = keys.flatMap((key) => {
              const word = answered.find((each) => each.startsWith(key.id));
              return word === undefined ? [] : [{ key, bodies: [bodyOf(word)] }];
            });
            return { answers, unprocessed: [] };
          },
        };
      },
    ],
  ]),
  isWrite: (operation) => operation === 'PutWord',
};

export const wordKey = (word: string): EntryKey =>
  keyOf(word, word.startsWith('lent') ? 'LentWords' : 'Words');

const reading = (word: string) => ({
  keys: [wordKey(word)],
  compose: ([body]: readonly (Uint8Array | undefined)[]) => body && composedResponse(decoder.decode(body)),
});

const bodyOf = (word: string) => ({ contentType: AWS_JSON, bytes: encoder.encode(JSON.stringify(word)) });

/** An origin that records the operations that are forwarded to it. */
export class FakeForwarder implements OperationForwarder {
  readonly forwarded: string[] = [];
  answer: (operation: ForwardedOperation) => Promise<Partial<WireAnswer>> = async () => ({});

  async forward(operation: ForwardedOperation): Promise<WireAnswer> {
    this.forwarded.push(operation.operation);
    return {
      status: 200,
      headers: { 'content-type': AWS_JSON },
      body: encoder.encode('{}'),
      ...(await this.answer(operation)),
    };
  }
}

/** Recognizes every caller, as one of eu-west-1. */
export const RECOGNISES_ALL: JsonEndpointParts['recogniser'] = {
  recognise: () => ({ region: 'eu-west-1' }),
  verify: () => undefined,
};
