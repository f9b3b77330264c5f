/** A point in time that is written as AWS writes it: seconds with a fraction and an exponent, `1.790450994802E9`. */
export class Timestamp {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }

  toString(): string {
    const seconds = this.ms / 1000;
    // The services print a Java double, which has an exponent from ten million on.
    if (seconds < 1e7) return String(seconds);
    const [digits = '', exponent = ''] = seconds.toExponential().split('e+');
    return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent}`;
  }
}

/** JSON with members in the order of their names, as the services write it. Omits members that are undefined. */
export function encodeJson(value: unknown): string {
  if (value instanceof Timestamp) return value.toString();
  if (Array.isArray(value)) return `[${value.map(encodeJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${encodeJson(member)}`);
  return `{${members.join(',')}}`;
}

/** JSON as Gson writes it, with the characters that matter in HTML escaped. */
export function encodeGson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&='\u2028\u2029]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** An opaque token for `NextToken` that only `readPageToken` understands. */
export const pageToken = (query: unknown, last: string): string =>
  Buffer.from(JSON.stringify([query, last])).toString('base64url');

/** The name behind which the page begins, or undefined if the token belongs to no such query. */
export function readPageToken(query: unknown, token: string): string | undefined {
  try {
    const read: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (!Array.isArray(read) || read.length !== 2) return undefined;
    const [of, last] = read;
    return JSON.stringify(of) === JSON.stringify(query) && typeof last === 'string' ? last : undefined;
  } catch {
    return undefined;
  }
}

export interface Page<T> {
  readonly entries: readonly T[];
  /** Where the next page begins: the name of the last entry. */
  readonly last: string | undefined;
}

/** The entries behind a name, at most as many as asked for. They are sorted by name first. */
export function pageOf<T extends { readonly name: string }>(
  all: readonly T[],
  after: string,
  limit: number,
): Page<T> {
  const rest = all.filter(({ name }) => name > after).sort((a, b) => (a.name < b.name ? -1 : 1));
  const entries = rest.slice(0, limit);
  return { entries, last: rest.length > limit ? entries.at(-1)?.name : undefined };
}
