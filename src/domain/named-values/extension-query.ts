/** Query parameters, decoded, in the order of the query string. */
export type DecodedPairs = readonly (readonly [name: string, value: string])[];

/** Whether the client wants the value read again. The AWS extension lacks both parameters; AWS's Secrets Manager Agent has the first. */
export interface RefreshRequest {
  /** Whether to read from AWS although a fresh value is cached. */
  readonly refreshNow: boolean;
  /** With `refreshNow`: a cached value of another version is recent enough. */
  readonly unlessVersion: string | undefined;
}

/** The parameters of a query by name, in their order. The first of several with one name counts; empty ones are absent. */
export const firstValues = (pairs: DecodedPairs): ReadonlyMap<string, string> => {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) if (!values.has(name)) values.set(name, value);
  for (const [name, value] of values) if (value === '') values.delete(name);
  return values;
};

/** Whether a parameter is `true`, in any case. Every other value is false. */
export const isSwitchedOn = (values: ReadonlyMap<string, string>, name: string): boolean =>
  values.get(name)?.toLowerCase() === 'true';

export const refreshRequest = (values: ReadonlyMap<string, string>): RefreshRequest => ({
  refreshNow: isSwitchedOn(values, 'refreshNow'),
  unlessVersion: values.get('unlessVersion'),
});
