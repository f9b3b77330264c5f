import type { IncomingOperation, WireAnswer, WireOperations } from '../ports/inbound/wire-operations.ts';
import { Deferred } from './deferred.ts';

/** Operations that are loaded with the first of them, or before it when there is time. */
export class DeferredOperations extends Deferred<WireOperations> implements WireOperations {
  execute(operation: IncomingOperation): Promise<WireAnswer> {
    if (this.loaded !== undefined) return this.loaded.execute(operation);
    return this.load().then((operations) => operations.execute(operation));
  }
}
