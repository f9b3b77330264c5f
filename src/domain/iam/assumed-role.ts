/** A role whose credentials sign the calls of a group, in place of the function's own. */
export interface AssumedRole {
  /** ARN of the role, as `arn:aws:iam::111122223333:role/reader`. */
  readonly roleArn: string;
  /** What the role's trust policy asks for as `sts:ExternalId`; absent if it asks for none. */
  readonly externalId?: string;
  /** Name of the session, which CloudTrail shows; absent for the default. */
  readonly sessionName?: string;
}

/** Tells two roles apart: equal for the same ARN, external id and session name. */
export const assumedRoleId = ({ roleArn, externalId = '', sessionName = '' }: AssumedRole): string =>
  JSON.stringify([roleArn, externalId, sessionName]);

const ROLE_ACCOUNT = /^arn:[^:]+:iam::(\d{12}):role\//;

/** The account of the role; undefined if `roleArn` is not the ARN of a role. */
export const accountOfRole = ({ roleArn }: Pick<AssumedRole, 'roleArn'>): string | undefined =>
  ROLE_ACCOUNT.exec(roleArn)?.[1];
