import type { Server } from '../../../src/ports/inbound/server.ts';

/** A server without connections. Records in a journal when it is closed. */
export class FakeServer implements Server {
  readonly #journal: string[];
  readonly #onClose: () => Promise<void>;

  constructor(journal: string[], onClose: () => Promise<void> = async () => undefined) {
    this.#journal = journal;
    this.#onClose = onClose;
  }

  async listen(): Promise<void> {}

  async serve(): Promise<void> {}

  close(): Promise<void> {
    this.#journal.push('server closed');
    return this.#onClose();
  }
}
