import type { FaultProxy } from '../support/faults/fault-proxy.ts';
import { answering, type ScriptedServer } from '../support/http/scripted-server.ts';
import type { Content, Origin } from './world.ts';

/** The old and the new item as DynamoDB writes them. */
const ANSWERS: Readonly<Record<Content, string>> = {
  old: '{"Item":{"id":{"S":"k"},"v":{"N":"1"}}}',
  new: '{"Item":{"id":{"S":"k"},"v":{"N":"2"}}}',
  nothing: '{}',
};

/** A DynamoDB behind a network connection. */
export class WireOrigin implements Origin {
  readonly #dynamodb: ScriptedServer;
  readonly #proxy: FaultProxy;

  constructor(dynamodb: ScriptedServer, proxy: FaultProxy) {
    this.#dynamodb = dynamodb;
    this.#proxy = proxy;
  }

  has(content: Content): void {
    this.#dynamodb.answerWith(answering(200, ANSWERS[content]));
    this.#proxy.forget();
  }

  release(): void {
    // Reads on a network connection are not held.
  }

  hung(): Promise<void> {
    return this.#proxy.arrived(1);
  }
}
