/** Why a call to the source was given up that a freeze or an outage has swallowed: whoever still waits has it made again. Never seen by a reader. */
export class CallAbandonedError extends Error {
  override readonly name = 'CallAbandonedError';
}
