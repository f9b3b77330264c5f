import type { Chance } from '../chance.ts';
import { type ModelledAws, PARAMETERS, parameterReadKey, SECRETS, secretReadKey } from './modelled-aws.ts';
import type { ValueQuery } from './origin-history.ts';
import type { ModelAnswer } from './program-under-model.ts';

/** A value that clients ask for, as they spell it. */
export interface AskedValue {
  readonly query: ValueQuery;
  readonly key: string;
  /** Name or id. */
  readonly spelled: string;
  /** For a parameter: the version or label, which `spelled` lacks. */
  readonly selector?: string;
}

export interface AskedParameter extends AskedValue {
  readonly withDecryption: boolean;
}

export interface AskedSecret extends AskedValue {
  readonly query: Extract<ValueQuery, { kind: 'secret' }>;
}

export const LABELS = ['Live'] as const;
const STAGES = ['AWSCURRENT', 'AWSPREVIOUS', 'blue'] as const;
/** Only text can be read by way of a parameter. */
const TEXT_SECRET = 'db';
const REFERENCE_NAME = `/aws/reference/secretsmanager/${TEXT_SECRET}`;

/** Picks a parameter, in one of its spellings, with or without a version or label. */
export const anyParameter = (chance: Chance, { emulator, history }: ModelledAws): AskedParameter => {
  const name = chance.oneIn(3) ? history.lastChanged('parameter') : chance.pick(PARAMETERS);
  const withDecryption = chance.oneIn(2);
  const selector = anySelector(chance, emulator.parameters.find(name)?.versions.at(-1)?.version ?? 1);
  // A name in folders must begin with a slash.
  const slashed = `/${name}`;
  const spelled = chance.oneIn(12)
    ? emulator.parameters.arnOf(name)
    : name.includes('/') || chance.oneIn(2)
      ? slashed
      : name;
  return {
    spelled,
    withDecryption,
    query: { kind: 'parameter', name, selector, withDecryption },
    key: parameterReadKey(selector === undefined ? spelled : `${spelled}:${selector}`, withDecryption),
    ...(selector === undefined ? {} : { selector }),
  };
};

/** A version that exists, one that does not exist yet, or a label; most often none. */
const anySelector = (chance: Chance, latest: number): string | undefined => {
  if (chance.oneIn(3)) return chance.pick(LABELS);
  return chance.oneIn(8) ? String(Math.max(1, latest + chance.between(-3, 1))) : undefined;
};

/** A secret that is read by way of a parameter. */
export const REFERENCE: AskedParameter = {
  spelled: REFERENCE_NAME,
  withDecryption: true,
  query: { kind: 'reference', name: TEXT_SECRET },
  key: parameterReadKey(REFERENCE_NAME, true),
};

/** Picks a secret, in one of its spellings. With `isCurrent`, without a version or stage. */
export const anySecret = (
  chance: Chance,
  { emulator, history }: ModelledAws,
  isCurrent = false,
): AskedSecret => {
  const name = chance.oneIn(3) ? history.lastChanged('secret') : chance.pick(SECRETS);
  const secret = emulator.secrets.find(name);
  const ids = [name, name, name, name, emulator.secrets.partialArnOf(name), secret?.arn ?? name] as const;
  const id = chance.pick([...ids]);
  const known = secret?.versions.at(-chance.between(1, 3))?.id;
  const versionId = !isCurrent && known !== undefined && chance.oneIn(6) ? known : undefined;
  const stage =
    !isCurrent && versionId === undefined && chance.oneIn(3) ? chance.pick([...STAGES]) : undefined;
  return {
    spelled: id,
    key: secretReadKey(id, versionId, stage),
    query: {
      kind: 'secret',
      name,
      id,
      ...(versionId === undefined ? {} : { versionId }),
      ...(stage === undefined ? {} : { stage }),
    },
  };
};

/** The members of an answer of AWS that the model reads. */
interface ShownValue {
  readonly Value?: string;
  readonly Version?: number;
  readonly SecretString?: string;
  readonly SecretBinary?: string;
  readonly VersionId?: string;
}

/** A parameter in an answer of `GetParameters` or `GetParametersByPath`. */
export interface ListedParameter extends ShownValue {
  readonly Name: string;
  readonly ARN: string;
  readonly Selector?: string;
}

/** A secret in an answer of `BatchGetSecretValue`. */
export interface ListedSecret extends ShownValue {
  readonly Name: string;
  readonly ARN: string;
}

interface ValueAnswer extends ShownValue {
  readonly Parameter?: ShownValue;
}

/** What a client was answered: a value, its absence, or a failure, which is not judged. */
export type Told = { readonly text: string; readonly version: string | undefined } | 'absent' | 'failed';

export const textOfValue = ({ Value, SecretString, SecretBinary }: ShownValue): string =>
  Value ?? SecretString ?? Buffer.from(SecretBinary ?? '', 'base64').toString();

/** What the routes of the program say. */
export const toldByRoute = ({ status, text }: ModelAnswer): Told => {
  if (status === 200) return { text, version: undefined };
  return status === 404 ? 'absent' : 'failed';
};

/** What the port of AWS's extension says. */
export const toldByExtension = ({ status, headers, text }: ModelAnswer): Told => {
  if (status === 200) return toldInJson(text);
  return headers['x-error-status'] === '404' ? 'absent' : 'failed';
};

const ABSENCES = /"(?:ParameterNotFound|ParameterVersionNotFound|ResourceNotFoundException)"/;

/** What the endpoint for SDKs says. */
export const toldByEndpoint = ({ status, text }: ModelAnswer): Told => {
  if (status === 200) return toldInJson(text);
  return status === 400 && ABSENCES.test(text) ? 'absent' : 'failed';
};

const toldInJson = (text: string): Told => {
  const { Parameter, ...secret }: ValueAnswer = JSON.parse(text);
  const shown = Parameter ?? secret;
  return { text: textOfValue(shown), version: shown.VersionId ?? shown.Version?.toString() };
};
