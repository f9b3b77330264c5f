import type { Place } from './place.ts';
import type { Format, Question } from './question.ts';

/** What the `Cache-Control` header of a request says. */
export interface Wish {
  readonly header?: string;
  readonly noCache?: boolean;
  readonly onlyIfCached?: boolean;
  readonly maxAgeMs?: number;
}

/** What may be answered to a request. */
export type Expectation =
  | {
      readonly kind: 'read';
      readonly place: Place;
      readonly wish: Wish;
      readonly format: Format;
      /** The answer that the client has already, by its entity tag. */
      readonly has?: Question;
    }
  | { readonly kind: 'delete'; readonly what: { readonly place: Place } | { readonly table: string } }
  | { readonly kind: 'problem'; readonly status: number; readonly code: string }
  | { readonly kind: 'health' | 'metrics' };

/** A request as a client sends it, and what may come of it. */
export interface SoakRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expectation: Expectation;
}
