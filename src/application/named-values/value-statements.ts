import { type Lifetimes, mayRefresh } from '../../domain/cache/ttl-policy.ts';
import { allowing, arnIn, type PolicyScope, type PolicyStatement } from '../../domain/iam/policy-document.ts';
import type { ListedParameters } from '../../domain/parameters/parameter-directory.ts';
import { unselectedName } from '../../domain/parameters/parameter-key.ts';
import type { ListedSecrets } from '../../domain/secrets/secret-directory.ts';

/** What `cache.yaml` lists of parameters and secrets. */
export interface ListedValues {
  readonly parameters?: readonly ListedParameters[] | undefined;
  readonly secrets?: readonly ListedSecrets[] | undefined;
}

/**
 * One statement for each kind of access to the listed parameters and secrets. Values that are not listed need further
 * permissions. The extension also works without those for several values at once, with more calls.
 */
export const valueStatements = (
  { parameters = [], secrets = [] }: ListedValues,
  scope: PolicyScope,
): readonly PolicyStatement[] => {
  const inBatches = ({ preload, lifetimes }: Preloadable, count: number): boolean =>
    mayRefresh(lifetimes) || (count > 1 && isPreloaded({ preload, lifetimes }, scope));
  const paths = parameters.flatMap((each) =>
    each.path !== undefined && isPreloaded(each, scope) ? [parameterArn(scope, each.path, each.region)] : [],
  );
  const secretArns = secrets.flatMap(({ ids, region }) => ids.map((id) => secretArn(scope, id, region)));
  const referred = parameters.flatMap((each) => referencedSecrets(scope, each));
  const hasBatches = secrets.some((each) => inBatches(each, each.ids.length));
  return [
    ...allowing(
      'ReadParameters',
      'ssm:GetParameter',
      parameters.flatMap((each) => arnsOf(scope, each)),
    ),
    ...allowing(
      'ReadParameterBatches',
      'ssm:GetParameters',
      parameters.flatMap((each) => (inBatches(each, each.names.length) ? arnsOf(scope, each) : [])),
    ),
    ...allowing('ReadParameterPaths', 'ssm:GetParametersByPath', paths),
    ...allowing('ReadSecrets', 'secretsmanager:GetSecretValue', [...secretArns, ...referred]),
    // IAM cannot restrict this action to secrets. It returns only secrets that the role may also read one by one.
    ...allowing('ReadSecretBatches', 'secretsmanager:BatchGetSecretValue', hasBatches ? ['*'] : []),
    ...decryption(scope, {
      hasParameters: parameters.length > 0,
      hasSecrets: secrets.length + referred.length > 0,
    }),
  ];
};

type Preloadable = Pick<ListedParameters, 'preload'> & { readonly lifetimes: Lifetimes };

/** Without a lifetime, preloaded values would be stale at once. */
const isPreloaded = ({ preload, lifetimes }: Preloadable, { preloads = true }: PolicyScope): boolean =>
  preloads && preload && lifetimes.ttlMs > 0;

/** The named parameters, or all below the path. */
const arnsOf = (scope: PolicyScope, { names, path, region }: ListedParameters): readonly string[] => [
  ...names.map((name) => parameterArn(scope, unselectedName(name), region)),
  ...(path === undefined ? [] : [parameterArn(scope, path.replace(/\/?$/, '/*'), region)]),
];

const PUBLIC = '/aws/service/';

const parameterArn = (scope: PolicyScope, name: string, region: string | undefined): string => {
  if (name.startsWith('arn:')) return name;
  const resource = `parameter/${name.replace(/^\//, '')}`;
  // Public parameters belong to no account.
  const owner = name.startsWith(PUBLIC) ? { ...scope, account: '' } : scope;
  return arnIn(owner, { service: 'ssm', region, resource });
};

const REFERENCE = '/aws/reference/secretsmanager/';

/** A parameter can refer to a secret, which Parameter Store then reads as the role. */
const referencedSecrets = (scope: PolicyScope, { names, region }: ListedParameters): readonly string[] =>
  names
    .map(unselectedName)
    .filter((name) => name.startsWith(REFERENCE))
    .map((name) => secretArn(scope, name.slice(REFERENCE.length), region));

/** Secrets Manager adds a hyphen and six characters to the name in an ARN. */
const RANDOM_SUFFIX = /-[A-Za-z0-9]{6}$/;

const secretArn = (scope: PolicyScope, id: string, region: string | undefined): string => {
  if (!id.startsWith('arn:'))
    return arnIn(scope, { service: 'secretsmanager', region, resource: `secret:${id}-??????` });
  return RANDOM_SUFFIX.test(id) ? id : `${id}-??????`;
};

/** Permission to use the keys through the two services only. Keys that AWS manages need none. */
const decryption = (
  { kmsKeys = [] }: PolicyScope,
  { hasParameters, hasSecrets }: { readonly hasParameters: boolean; readonly hasSecrets: boolean },
): readonly PolicyStatement[] => {
  const services = [...(hasParameters ? ['ssm.*'] : []), ...(hasSecrets ? ['secretsmanager.*'] : [])];
  if (services.length === 0) return [];
  return allowing('DecryptValues', 'kms:Decrypt', kmsKeys).map((statement) => ({
    ...statement,
    Condition: { StringLike: { 'kms:ViaService': services } },
  }));
};
