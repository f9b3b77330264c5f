import type { Answer } from './vocabulary.ts';

/** An answer as a few words. */
export const inBrief = ({ status, body, code, retryAfterSeconds }: Answer): string =>
  [
    String(status),
    ...(body === undefined ? [] : [`the ${body} item`]),
    ...(code === undefined ? [] : [`\`${code}\``]),
    ...(retryAfterSeconds === undefined ? [] : [`\`Retry-After: ${retryAfterSeconds}\``]),
  ].join(', ');
