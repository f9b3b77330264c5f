import type { AwsEmulator } from '../../../tools/aws-emulator/index.ts';
import {
  ciphertextOf,
  type Parameter,
  type ParameterVersion,
} from '../../../tools/aws-emulator/parameter-store.ts';
import type { FakeClock } from '../fakes/fake-clock.ts';
import type { Chronology } from '../model/read-history.ts';

/** A read of one parameter, of a secret by way of a parameter, or of one secret. */
export type ValueQuery =
  | {
      readonly kind: 'parameter';
      /** The name without its first slash. */
      readonly name: string;
      readonly selector: string | undefined;
      readonly withDecryption: boolean;
    }
  | { readonly kind: 'reference'; readonly name: string }
  | {
      readonly kind: 'secret';
      readonly name: string;
      /** The name, the ARN, or the ARN without its random part. */
      readonly id: string;
      readonly versionId?: string;
      readonly stage?: string;
    };

/** The parameter or secret that a query reads. */
export const subjectOf = ({ kind, name }: ValueQuery): string =>
  kind === 'parameter' ? parameterSubject(name) : secretSubject(name);

export const parameterSubject = (name: string): string => `parameter ${name.replace(/^\//, '')}`;
export const secretSubject = (name: string): string => `secret ${name}`;

/** The text of a value; undefined if there is none, null if AWS answers an error that is no absence. */
export type Shown = string | undefined | null;

interface ParameterState {
  readonly parameter: Parameter;
  readonly versions: readonly { readonly of: ParameterVersion; readonly labels: readonly string[] }[];
}

interface SecretState {
  readonly arn: string;
  readonly partialArn: string;
  readonly isMarked: boolean;
  readonly versions: readonly {
    readonly id: string;
    readonly text: string | undefined;
    readonly stages: readonly string[];
  }[];
}

/** What a parameter or secret was from one moment on. */
export interface Epoch {
  readonly order: number;
  readonly atMs: number;
  readonly parameter: ParameterState | undefined;
  readonly secret: SecretState | undefined;
  /** When the next epoch began. */
  end?: { readonly order: number; readonly atMs: number };
}

/** The whole past of the parameters and secrets of an emulator. */
export class OriginHistory {
  readonly #aws: AwsEmulator;
  readonly #clock: FakeClock;
  readonly #chronology: Chronology;
  readonly #epochs = new Map<string, Epoch[]>();
  readonly #lastChanged = new Map<string, string>();

  constructor(aws: AwsEmulator, clock: FakeClock, chronology: Chronology) {
    this.#aws = aws;
    this.#clock = clock;
    this.#chronology = chronology;
  }

  /** The parameter or secret may have changed just now. Returns the order of its new epoch. */
  noteChange(subject: string): number {
    const [kind, name = ''] = subject.split(' ');
    this.changes(subject);
    const epochs = this.#epochs.get(subject) ?? [];
    this.#epochs.set(subject, epochs);
    const at = { order: this.#chronology.next(), atMs: this.#clock.passedMs };
    const last = epochs.at(-1);
    if (last !== undefined) last.end = at;
    epochs.push({
      ...at,
      parameter: kind === 'parameter' ? this.#parameterState(name) : undefined,
      secret: kind === 'secret' ? this.#secretState(name) : undefined,
    });
    return at.order;
  }

  /** The parameter or secret is about to change. */
  changes(subject: string): void {
    const [kind = '', name = ''] = subject.split(' ');
    this.#lastChanged.set(kind, name);
  }

  /** The name of the parameter, or of the secret, that changes or changed last. */
  lastChanged(kind: 'parameter' | 'secret'): string {
    return this.#lastChanged.get(kind) ?? '';
  }

  /** The epochs that lasted beyond a moment, the latest first. */
  since(subject: string, ms: number): readonly Epoch[] {
    const epochs = this.#epochs.get(subject) ?? [];
    const found: Epoch[] = [];
    for (let index = epochs.length - 1; index >= 0; index -= 1) {
      const epoch = epochs[index];
      if (epoch === undefined || (epoch.end?.atMs ?? Number.POSITIVE_INFINITY) < ms) break;
      found.push(epoch);
    }
    return found;
  }

  /** The epoch of an order. */
  at(subject: string, order: number): Epoch | undefined {
    return this.#epochs.get(subject)?.findLast((epoch) => epoch.order <= order);
  }

  #parameterState(name: string): ParameterState | undefined {
    const parameter = this.#aws.parameters.find(name);
    return (
      parameter && {
        parameter,
        versions: parameter.versions.map((of) => ({ of, labels: [...of.labels] })),
      }
    );
  }

  #secretState(name: string): SecretState | undefined {
    const secret = this.#aws.secrets.find(name);
    return (
      secret && {
        arn: secret.arn,
        partialArn: this.#aws.secrets.partialArnOf(name),
        isMarked: secret.deletedMs !== undefined,
        versions: secret.versions.map(({ id, value, stages }) => ({
          id,
          text: value?.string ?? (value?.binary && Buffer.from(value.binary).toString()),
          stages: [...stages],
        })),
      }
    );
  }
}

/** What AWS answers to a query during an epoch. */
export const shownIn = ({ parameter, secret }: Epoch, query: ValueQuery): Shown => {
  if (query.kind === 'parameter') return parameter && parameterShown(parameter, query);
  if (query.kind === 'reference') {
    return secret === undefined || secret.isMarked ? undefined : stageShown(secret, 'AWSCURRENT');
  }
  const { name, id, versionId, stage = 'AWSCURRENT' } = query;
  if (secret === undefined || ![name, secret.arn, secret.partialArn].includes(id)) return undefined;
  if (secret.isMarked) return null;
  if (versionId === undefined) return stageShown(secret, stage);
  return secret.versions.find((version) => version.id === versionId)?.text;
};

const stageShown = ({ versions }: SecretState, stage: string): Shown =>
  versions.find(({ stages }) => stages.includes(stage))?.text;

const parameterShown = (
  { parameter, versions }: ParameterState,
  { selector, withDecryption }: Extract<ValueQuery, { kind: 'parameter' }>,
): Shown => {
  const found = versions.findLast(
    ({ of, labels }) =>
      selector === undefined || String(of.version) === selector || labels.includes(selector),
  );
  if (found === undefined) return undefined;
  const isEncrypted = found.of.type === 'SecureString' && !withDecryption;
  return isEncrypted ? encrypted(parameter, found.of) : found.of.value;
};

const ciphertexts = new WeakMap<ParameterVersion, string>();

const encrypted = (parameter: Parameter, version: ParameterVersion): string => {
  const text = ciphertexts.get(version) ?? ciphertextOf(parameter, version);
  ciphertexts.set(version, text);
  return text;
};
