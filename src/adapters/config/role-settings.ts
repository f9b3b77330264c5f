import * as v from 'valibot';
import type { AssumedRole } from '../../domain/iam/assumed-role.ts';

const ROLE_ARN_RULE = 'the ARN of an IAM role, such as arn:aws:iam::111122223333:role/reader';
const EXTERNAL_ID_RULE = '2 to 1224 characters out of a-z, A-Z, 0-9 and "_+=,.@:/-"';
const SESSION_NAME_RULE = '2 to 64 characters out of a-z, A-Z, 0-9 and "_+=,.@-"';

/** The settings that name a role; all of them optional. */
export const roleSettings = v.partial(
  v.object({
    roleArn: v.pipe(
      v.string(ROLE_ARN_RULE),
      v.regex(
        /^arn:aws[a-z-]*:iam::[0-9]{12}:role\/([!-~]{0,510}\/)?[a-zA-Z0-9_+=,.@-]{1,64}$/,
        ROLE_ARN_RULE,
      ),
      v.description(
        "ARN of the role that reads, in place of the function's. The function needs sts:AssumeRole on it, and its trust policy must name the function's role.",
      ),
      v.examples(['arn:aws:iam::111122223333:role/reader']),
    ),
    externalId: v.pipe(
      v.string(EXTERNAL_ID_RULE),
      v.regex(/^[a-zA-Z0-9_+=,.@:/-]{2,1224}$/, EXTERNAL_ID_RULE),
      v.description('The sts:ExternalId that the trust policy of roleArn requires.'),
      v.examples(['shop-4711']),
    ),
    sessionName: v.pipe(
      v.string(SESSION_NAME_RULE),
      v.regex(/^[a-zA-Z0-9_+=,.@-]{2,64}$/, SESSION_NAME_RULE),
      v.description('Name of the session of roleArn, which CloudTrail shows.'),
      v.examples(['shop-cache']),
    ),
  }),
).entries;

/** What an entry of `cache.yaml` says of its role. */
export interface RoleSettings {
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
  readonly sessionName?: string | undefined;
}

/** The role of an entry, as a part of its settings; empty if it has none. */
export const roleOf = ({
  roleArn,
  externalId,
  sessionName,
}: RoleSettings): { readonly role?: AssumedRole } =>
  roleArn === undefined
    ? {}
    : {
        role: {
          roleArn,
          ...(externalId === undefined ? {} : { externalId }),
          ...(sessionName === undefined ? {} : { sessionName }),
        },
      };

/** A setting of a role that is malformed. */
export interface RoleProblem {
  readonly name: keyof RoleSettings;
  /** Which values are allowed. */
  readonly rule: string;
}

/** Checks the settings of a role that are not from `cache.yaml`. */
export const parseRole = (
  given: RoleSettings,
): { readonly role?: AssumedRole; readonly problems: readonly RoleProblem[] } => {
  const problems = ROLE_SETTINGS.flatMap((name): readonly RoleProblem[] => {
    if (given[name] === undefined) return [];
    const { issues } = v.safeParse(roleSettings[name], given[name]);
    return issues === undefined ? [] : [{ name, rule: issues[0].message }];
  });
  return { ...(problems.length === 0 ? roleOf(given) : {}), problems };
};

const ROLE_SETTINGS = ['roleArn', 'externalId', 'sessionName'] as const;

/** Each role has credentials of its own, which are renewed for as long as the environment lives. */
export const MAX_ROLES = 20;
