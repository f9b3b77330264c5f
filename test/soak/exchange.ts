import type { Moment } from './question.ts';
import type { SoakRequest } from './request.ts';

/** A request with its answer. */
export interface Exchange {
  readonly request: SoakRequest;
  readonly sent: Moment;
  readonly received: Moment;
  readonly status: number;
  /** By names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Whether, when the answer came, readers of the place were held back because of a failure. */
  readonly isHeldBack: boolean;
  /** Whether, when the answer came, memory had something for a reader who takes anything; absent where that cannot be seen. */
  readonly isRemembered?: boolean;
}

/** A read with its answer. */
export interface Reading extends Exchange {
  readonly asked: Extract<SoakRequest['expectation'], { kind: 'read' }>;
}
