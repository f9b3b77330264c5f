import { AwsError, validationError } from './errors.ts';
import { PARAMETER_TYPES, type ParameterStore, type ParameterType, versionOf } from './parameter-store.ts';
import { type Operation, operation } from './service.ts';
import { anything, flag, integer, list, optional, required, text } from './shapes.ts';

export const NAME = text({ min: 1, max: 2048 });

const LABELS = required(list(text({ min: 1, max: 100 }), 1, 10));
const VERSION = integer(1, Number.MAX_SAFE_INTEGER);
const MAX_CHARACTERS = { Standard: 4096, Advanced: 8192 };

export function parameterWrites(parameters: ParameterStore): Readonly<Record<string, Operation>> {
  const deleteOne = (spelled: string): boolean => {
    const reference = parameters.refer(spelled);
    parameters.authorize('DeleteParameter', reference);
    return parameters.delete(reference.key);
  };

  return {
    PutParameter: operation(
      {
        Name: required(NAME),
        Value: required(text({ min: 1 })),
        Type: optional(text({ oneOf: PARAMETER_TYPES })),
        KeyId: optional(text({ min: 1, max: 256 })),
        Overwrite: optional(flag()),
        Tier: optional(text({ oneOf: ['Standard', 'Advanced', 'Intelligent-Tiering'] })),
        DataType: optional(text({ max: 128 })),
        Description: optional(text({ max: 1024 })),
        AllowedPattern: optional(text({ max: 1024 })),
        Tags: optional(list(anything(), 0, 1000)),
        Policies: optional(text({ min: 1, max: 4096 })),
      },
      ({ Name, Value, Type, KeyId, Overwrite = false, Tier = 'Standard', DataType }) => {
        const reference = parameters.refer(Name);
        if (reference.selector !== undefined || /^(aws|ssm)/i.test(reference.key))
          throw validationError('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
        parameters.authorize('PutParameter', reference);
        const type = PARAMETER_TYPES.find((each) => each === Type);
        const existing = parameters.find(reference.key);
        if (existing && !Overwrite)
          throw new AwsError(
            'ParameterAlreadyExists',
            'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
          );
        checkPut(Value, Tier, type ?? existing?.versions.at(-1)?.type);
        const version = parameters.put(reference.name ?? `/${reference.key}`, {
          value: Value,
          ...(type === undefined ? {} : { type }),
          ...(KeyId === undefined ? {} : { keyId: KeyId }),
          ...(DataType === undefined ? {} : { dataType: DataType }),
        });
        return { Tier: Tier === 'Advanced' ? Tier : 'Standard', Version: version };
      },
    ),

    DeleteParameter: operation({ Name: required(NAME) }, ({ Name }) => {
      if (deleteOne(Name)) return {};
      throw new AwsError('ParameterNotFound');
    }),

    DeleteParameters: operation({ Names: required(list(NAME, 1, 10)) }, ({ Names }) => {
      const deleted = Names.filter(deleteOne);
      return {
        DeletedParameters: deleted,
        InvalidParameters: Names.filter((name) => !deleted.includes(name)),
      };
    }),

    LabelParameterVersion: operation(
      { Name: required(NAME), ParameterVersion: optional(VERSION), Labels: LABELS },
      ({ Name, ParameterVersion, Labels }) => {
        const reference = parameters.refer(Name);
        parameters.authorize('LabelParameterVersion', reference);
        const { name, versions } = parameters.get(reference.key);
        const version = ParameterVersion ?? versions.at(-1)?.version ?? 0;
        const [valid, invalid] = [Labels.filter(isLabel), Labels.filter((label) => !isLabel(label))];
        parameters.label(name, version, valid);
        return { InvalidLabels: [...new Set(invalid)], ParameterVersion: version };
      },
    ),

    UnlabelParameterVersion: operation(
      { Name: required(NAME), ParameterVersion: required(VERSION), Labels: LABELS },
      ({ Name, ParameterVersion, Labels }) => {
        const reference = parameters.refer(Name);
        parameters.authorize('UnlabelParameterVersion', reference);
        const parameter = parameters.get(reference.key);
        const { labels } = versionOf(parameter, `:${ParameterVersion}`, parameter.name);
        const removed = Labels.filter((label) => labels.delete(label));
        return { RemovedLabels: removed, InvalidLabels: Labels.filter((label) => !removed.includes(label)) };
      },
    ),
  };
}

function checkPut(value: string, tier: string, type: ParameterType | undefined): void {
  if (type === undefined) throw validationError('A parameter type is required when you create a parameter.');
  const max = tier === 'Advanced' ? MAX_CHARACTERS.Advanced : MAX_CHARACTERS.Standard;
  if (value.length > max && tier !== 'Intelligent-Tiering')
    throw validationError(
      `${tier} tier parameters support a maximum parameter value of ${max} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html`,
    );
}

const isLabel = (label: string) => /^[a-zA-Z_.-][\w.-]*$/.test(label) && !/^(aws|ssm)/i.test(label);
