import type { AssumedRole } from './assumed-role.ts';

/** The permissions for one kind of access. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  /** ARNs. `*` for an action that IAM cannot restrict to resources. */
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** An IAM policy in the JSON format of AWS. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/** The location of the resources, as far as it is known. */
export interface PolicyScope {
  /** Region of resources without a region of their own; any by default. */
  readonly region?: string | undefined;
  /** Account of the resources; any by default. */
  readonly account?: string | undefined;
  /** Partition of the resources; the partition of their region by default. */
  readonly partition?: string | undefined;
  /** Whether entries are preloaded (`CACHE_EXTENSION_INIT_STARTUP`); true by default. */
  readonly preloads?: boolean | undefined;
  /** ARNs of the customer managed keys that encrypt parameters or secrets; none by default. */
  readonly kmsKeys?: readonly string[] | undefined;
  /** Name of the journal table (`CACHE_EXTENSION_JOURNAL_TABLE`), which is in the same region; none by default. */
  readonly journal?: string | undefined;
}

export const policyOf = (statements: readonly PolicyStatement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: statements,
});

/** One statement, or none if no resource needs it. Resources are sorted and without duplicates. */
export const allowing = (
  sid: string,
  action: string,
  resources: readonly string[],
): readonly PolicyStatement[] =>
  resources.length === 0
    ? []
    : [{ Sid: sid, Effect: 'Allow', Action: [action], Resource: [...new Set(resources)].sort() }];

/** A resource of a service. */
export interface ServiceResource {
  readonly service: string;
  /** Absent: the region of the scope. */
  readonly region?: string | undefined;
  /** The part of the ARN after the account. */
  readonly resource: string;
}

export const arnIn = (
  { region: ofScope, account = '*', partition }: PolicyScope,
  { service, region: own, resource }: ServiceResource,
): string => {
  const region = own ?? ofScope ?? '*';
  return `arn:${partition ?? partitionOf(region)}:${service}:${region}:${account}:${resource}`;
};

/** Prefixes of the regions outside the partition `aws`. */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
];

const partitionOf = (region: string): string =>
  PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';

/** A statement of a policy that is attached to a resource or role, and names who may use it. */
export interface PrincipalStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: { readonly AWS: readonly string[] };
  readonly Action: readonly string[];
  /** Absent in the trust policy of a role. */
  readonly Resource?: readonly string[];
  readonly Condition?: PolicyStatement['Condition'];
}

/** The trust policy of a role, or the policy of a resource. */
export interface ResourcePolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PrincipalStatement[];
}

/** Stands for the function's role in policies, if it is not given. */
export const FUNCTION_ROLE = 'arn:aws:iam::FUNCTION_ACCOUNT:role/FUNCTION_ROLE';

/** The permission of the function to assume the roles. */
export const assumeRoleStatements = (roles: readonly AssumedRole[]): readonly PolicyStatement[] =>
  allowing(
    'AssumeRoles',
    'sts:AssumeRole',
    roles.map(({ roleArn }) => roleArn),
  );

/**
 * The trust policy of a role.
 *
 * @param uses the entries with this role. If all of them have an external id, the policy requires one of these
 * @param principal the ARN of the function's role
 */
export const trustPolicyOf = (uses: readonly AssumedRole[], principal: string): ResourcePolicy => {
  const ids = [...new Set(uses.flatMap(({ externalId }) => externalId ?? []))].sort();
  const isRequired = ids.length > 0 && uses.every(({ externalId }) => externalId !== undefined);
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AssumeRole',
        Effect: 'Allow',
        Principal: { AWS: [principal] },
        Action: ['sts:AssumeRole'],
        ...(isRequired ? { Condition: { StringEquals: { 'sts:ExternalId': ids } } } : {}),
      },
    ],
  };
};

/** The same permissions, as the policy of a resource. */
export const resourcePolicyOf = (
  statements: readonly PolicyStatement[],
  principals: readonly string[],
): ResourcePolicy => ({
  Version: '2012-10-17',
  Statement: statements.map((statement) => ({
    ...statement,
    Principal: { AWS: [...new Set(principals)].sort() },
  })),
});
