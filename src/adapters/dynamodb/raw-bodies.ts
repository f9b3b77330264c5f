import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TransportError } from './transport-error.ts';

/** What the SDK is given to read in place of a body. */
const EMPTY_OBJECT = new TextEncoder().encode('{}');

/**
 * Takes the bodies of successful answers away before the SDK reads them, which would lose how numbers are written
 * and cost more than all the rest. Other answers are left to the SDK, which makes errors of them.
 * What fails on the wire comes out as a `TransportError`.
 */
export class RawBodies {
  readonly #byResponse = new WeakMap<object, Uint8Array>();
  readonly #byOutput = new WeakMap<object, Uint8Array>();

  /** Only for clients whose outputs nobody reads: they are empty from now on. */
  watch({ middlewareStack }: DynamoDBClient): void {
    // On the wire's side of what deserializes, and on the other side of it.
    middlewareStack.add(
      (next) => async (args) => {
        try {
          const result = await next(args);
          if (isSuccess(result.response)) await this.#take(result.response);
          return result;
        } catch (error) {
          throw new TransportError(error);
        }
      },
      { name: 'takeRawBody', step: 'deserialize', priority: 'low' },
    );
    middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const bytes = isSuccess(result.response) ? this.#byResponse.get(result.response) : undefined;
        if (bytes !== undefined && result.output !== undefined) this.#byOutput.set(result.output, bytes);
        return result;
      },
      { name: 'handOverRawBody', step: 'deserialize', priority: 'high' },
    );
  }

  /** The body of the answer of which the SDK made `output`; `undefined` if it was none of status 200. */
  of(output: object): Uint8Array | undefined {
    return this.#byOutput.get(output);
  }

  async #take(response: SuccessfulResponse): Promise<void> {
    if (!isByteStream(response.body)) return;
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body) chunks.push(chunk);
    this.#byResponse.set(response, Buffer.concat(chunks));
    response.body = EMPTY_OBJECT;
  }
}

interface SuccessfulResponse {
  readonly statusCode: 200;
  body: unknown;
}

const isSuccess = (response: unknown): response is SuccessfulResponse =>
  typeof response === 'object' &&
  response !== null &&
  'statusCode' in response &&
  response.statusCode === 200 &&
  'body' in response;

const isByteStream = (body: unknown): body is AsyncIterable<Uint8Array> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
