import type { AwsEmulator } from '../../../tools/aws-emulator/emulator.ts';
import type { Chance } from '../chance.ts';
import { LABELS } from './model-reads.ts';
import {
  BINARY_SECRET,
  isSecure,
  type ModelledAws,
  OPERATION_ID,
  PARAMETERS,
  type ParameterName,
  SECRETS,
  type SecretName,
} from './modelled-aws.ts';
import { parameterSubject, secretSubject } from './origin-history.ts';
import { MARKER, type ProgramUnderModel } from './program-under-model.ts';
import type { ReadJudge } from './read-judge.ts';

/** What the clients of a simulation share. */
export interface ModelParts {
  readonly chance: Chance;
  readonly aws: ModelledAws;
  readonly program: ProgramUnderModel;
  readonly judge: ReadJudge;
}

/** An operation of the endpoint. */
interface Write {
  readonly service: 'ssm' | 'secretsmanager';
  readonly operation: string;
  readonly input: object;
  readonly subject: string;
}

type Secret = NonNullable<ReturnType<AwsEmulator['secrets']['find']>>;

/** Changes values: through the endpoint, and by other ways than the program. */
export class ModelWriter {
  readonly #parts: ModelParts;
  #values = 0;
  #operations = 0;
  /** Writes that were acknowledged. */
  acknowledged = 0;

  constructor(parts: ModelParts) {
    this.#parts = parts;
  }

  /** Creates everything. */
  fillOrigin(): void {
    const { aws } = this.#parts;
    for (const name of PARAMETERS)
      aws.change(parameterSubject(name), ({ parameters }) => this.#putParameter(parameters, name));
    for (const name of SECRETS)
      aws.change(secretSubject(name), ({ secrets }) => this.#putSecret(secrets, name));
  }

  /** Changes something by another way than the program. */
  changeOrigin(): void {
    const { chance, aws } = this.#parts;
    if (chance.oneIn(2)) {
      const name = chance.pick(PARAMETERS);
      aws.change(parameterSubject(name), ({ parameters }) => {
        const latest = parameters.find(name)?.versions.at(-1)?.version;
        if (latest !== undefined && chance.oneIn(5)) parameters.delete(name);
        else if (latest !== undefined && chance.oneIn(3)) {
          parameters.label(name, Math.max(1, latest - chance.below(2)), [chance.pick(LABELS)]);
        } else this.#putParameter(parameters, name);
      });
    } else {
      const name = chance.pick(SECRETS);
      aws.change(secretSubject(name), (emulator) => this.#changeSecret(emulator, name));
    }
  }

  #changeSecret({ secrets }: AwsEmulator, name: SecretName): void {
    const { chance } = this.#parts;
    const secret = secrets.find(name);
    if (secret === undefined) this.#putSecret(secrets, name);
    else if (secret.deletedMs !== undefined) {
      secret.deletedMs = undefined;
      secret.deletionMs = undefined;
    } else {
      const how = chance.below(6);
      if (how === 0) secrets.markForDeletion(name);
      else if (how === 1) secrets.delete(name);
      else if (how === 2) secrets.moveStage(secret, 'blue', secret.versions.at(-chance.between(1, 2)));
      else this.#putSecret(secrets, name);
    }
  }

  /** Writes through the endpoint. A client that is told of success can rely on it from then on. */
  async write(): Promise<void> {
    const { chance, aws, program, judge } = this.#parts;
    const { service, operation, input, subject } = chance.oneIn(2)
      ? this.#parameterWrite()
      : this.#secretWrite();
    aws.history.changes(subject);
    this.#operations += 1;
    const id = String(this.#operations);
    const { status } = await program.operate(service, operation, input, [OPERATION_ID, id]);
    const order = aws.writes.get(id);
    if (status !== 200 || order === undefined) return;
    this.acknowledged += 1;
    judge.acknowledge(subject, order);
  }

  #parameterWrite(): Write {
    const { chance, aws } = this.#parts;
    const name = chance.pick(PARAMETERS);
    const Name = chance.oneIn(4) ? aws.emulator.parameters.arnOf(name) : `/${name}`;
    const shared = { service: 'ssm', subject: parameterSubject(name) } as const;
    const versions = aws.emulator.parameters.find(name)?.versions ?? [];
    if (versions.length > 0 && chance.oneIn(6))
      return { ...shared, operation: 'DeleteParameter', input: { Name } };
    if (versions.length > 0 && chance.oneIn(2)) {
      const label = chance.pick(LABELS);
      const next = versions.findLast(({ labels }) => !labels.has(label)) ?? versions.at(-1);
      const input = { Name, ParameterVersion: next?.version, Labels: [label] };
      return { ...shared, operation: 'LabelParameterVersion', input };
    }
    const Type = isSecure(name) ? 'SecureString' : 'String';
    const input = { Name: `/${name}`, Value: this.#newValue(), Type, Overwrite: !chance.oneIn(8) };
    return { ...shared, operation: 'PutParameter', input };
  }

  #secretWrite(): Write {
    const { chance, aws } = this.#parts;
    const name = chance.pick(SECRETS);
    const secret = aws.emulator.secrets.find(name);
    const SecretId = chance.oneIn(3) && secret !== undefined ? secret.arn : name;
    const shared = { service: 'secretsmanager', subject: secretSubject(name) } as const;
    if (secret?.deletedMs !== undefined)
      return { ...shared, operation: 'RestoreSecret', input: { SecretId } };
    if (secret === undefined) {
      const input = { Name: name, ClientRequestToken: this.#newVersionId(), ...this.#secretInput(name) };
      return { ...shared, operation: 'CreateSecret', input };
    }
    if (chance.oneIn(8)) {
      const input = chance.oneIn(2) ? { SecretId } : { SecretId, ForceDeleteWithoutRecovery: true };
      return { ...shared, operation: 'DeleteSecret', input };
    }
    if (chance.oneIn(4))
      return { ...shared, operation: 'UpdateSecretVersionStage', input: this.#stageMove(secret) };
    const input = { SecretId, ClientRequestToken: this.#newVersionId() };
    if (name !== BINARY_SECRET && chance.oneIn(3)) {
      const value = this.#newValue();
      aws.emulator.secrets.onRotate(name, () => ({ string: value }));
      return { ...shared, operation: 'RotateSecret', input };
    }
    return { ...shared, operation: 'PutSecretValue', input: { ...input, ...this.#secretInput(name) } };
  }

  /** Rolls back to the version before, or moves a stage that AWS does not know. */
  #stageMove({ name, versions }: Secret): object {
    const VersionStage = this.#parts.chance.oneIn(2) ? 'AWSCURRENT' : 'blue';
    const holder = versions.find(({ stages }) => stages.has(VersionStage));
    const target = versions.findLast((version) => version !== holder) ?? holder;
    return {
      SecretId: name,
      VersionStage,
      MoveToVersionId: target?.id,
      ...(holder === undefined ? {} : { RemoveFromVersionId: holder.id }),
    };
  }

  #secretInput(name: SecretName): object {
    const value = this.#newValue();
    return name === BINARY_SECRET
      ? { SecretBinary: Buffer.from(value).toString('base64') }
      : { SecretString: value };
  }

  #putParameter(parameters: AwsEmulator['parameters'], name: ParameterName): void {
    const { chance } = this.#parts;
    const labels = chance.oneIn(4) ? [chance.pick(LABELS)] : [];
    const type = isSecure(name) ? 'SecureString' : 'String';
    parameters.put(`/${name}`, { value: this.#newValue(), type, labels });
  }

  #putSecret(secrets: AwsEmulator['secrets'], name: SecretName): void {
    const value = this.#newValue();
    const versionId = this.#newVersionId();
    secrets.put(
      name,
      name === BINARY_SECRET ? { binary: Buffer.from(value), versionId } : { string: value, versionId },
    );
  }

  /** A value that no other version has. */
  #newValue(): string {
    this.#values += 1;
    return `${MARKER}-${this.#values}`;
  }

  #newVersionId(): string {
    this.#values += 1;
    return `model-${String(this.#values).padStart(30, '0')}`;
  }
}
