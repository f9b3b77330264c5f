import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Body } from '../../../src/domain/cache/cache-entry.ts';
import { PARAMETERS_AND_SECRETS } from '../../../src/domain/named-values/value-bodies.ts';
import { parameterBodies } from '../../../src/domain/parameters/parameter-calls.ts';
import { parseParameterQuery } from '../../../src/domain/parameters/parameter-directory.ts';
import { secretBodies } from '../../../src/domain/secrets/secret-calls.ts';
import { parseSecretQuery } from '../../../src/domain/secrets/secret-directory.ts';

interface Recording {
  readonly request: string;
  readonly status: number;
  readonly body: string;
}

const recordings: { readonly pairs: readonly Recording[] } = JSON.parse(
  readFileSync(new URL('../../vectors/parameters-and-secrets.json', import.meta.url), 'utf8'),
);
const answered = recordings.pairs.filter(({ status }) => status === 200);
const isParameter = ({ request }: Recording): boolean => request.startsWith('/systemsmanager/');
const parameters = answered.filter(isParameter);
const secrets = answered.filter((each) => !isParameter(each));

/** The answer of AWS that a recorded object was made of: nulls were absent, and dates were seconds since the epoch. */
const original = (recorded: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(recorded)
      .filter(([name, value]) => value !== null && name !== 'ResultMetadata')
      .map(([name, value]) => [name, name.endsWith('Date') ? Date.parse(String(value)) / 1_000 : value]),
  );

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const textsOf = (bodies: readonly Body[]): readonly string[] =>
  bodies.map(({ bytes }) => new TextDecoder().decode(bytes));
const pairsOf = (request: string): readonly [string, string][] => [
  ...new URL(request, 'http://localhost').searchParams,
];

describe('the recorded answers of the AWS Parameters and Secrets Lambda Extension', () => {
  it('contain parameters, secrets and failures', () => {
    expect([parameters.length, secrets.length, recordings.pairs.length]).toEqual([9, 5, 17]);
  });

  it.each(parameters)('are composed byte by byte for $request', ({ body }) => {
    const response = bytesOf({ Parameter: original(JSON.parse(body).Parameter) });

    expect(textsOf(parameterBodies(response, [PARAMETERS_AND_SECRETS]))).toEqual([body]);
  });

  it.each(secrets)('are composed byte by byte for $request', ({ body }) => {
    const response = bytesOf(original(JSON.parse(body)));

    expect(textsOf(secretBodies(response, [PARAMETERS_AND_SECRETS]))).toEqual([body]);
  });

  it.each(parameters)('have the name and selector that are parsed from $request', ({ request, body }) => {
    const { Name, Selector } = JSON.parse(body).Parameter;

    expect(parseParameterQuery(pairsOf(request))).toEqual({
      parameter: { name: Name + (Selector ?? ''), withDecryption: request.endsWith('&withDecryption=true') },
      refreshNow: false,
      unlessVersion: undefined,
    });
  });

  it.each(secrets)('have the secret that is parsed from $request', ({ request, body }) => {
    const { Name, VersionId, VersionStages } = JSON.parse(body);

    expect(parseSecretQuery(pairsOf(request)).secret).toEqual({
      id: Name,
      ...(request.includes('versionId=') ? { versionId: VersionId } : {}),
      ...(request.includes('versionStage=') ? { stage: VersionStages[0] } : {}),
    });
  });

  it('come from requests that are parsed although AWS rejects them', () => {
    const rejected = recordings.pairs.filter(({ status }) => status === 400);
    const read = rejected.map(({ request }) =>
      request.startsWith('/systemsmanager/')
        ? parseParameterQuery(pairsOf(request)).parameter
        : parseSecretQuery(pairsOf(request)).secret,
    );

    expect(read).toEqual([
      { name: 'does-not-exist', withDecryption: false },
      { name: '/lambda-ext-test-param/dummy-string-list:0', withDecryption: false },
      { id: 'dummy-string-secret', stage: 'DOESNOTEXIST' },
    ]);
  });
});
