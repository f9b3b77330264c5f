import type { AssumedRole } from '../iam/assumed-role.ts';
import { allowing, arnIn, type PolicyScope, type PolicyStatement } from '../iam/policy-document.ts';
import type { ConfigurationName } from './configuration-name.ts';

/** A configuration that `cache.yaml` lists. */
export interface PolicyConfiguration extends ConfigurationName {
  /** Absent: the region of the function. */
  readonly region?: string | undefined;
  readonly role?: AssumedRole | undefined;
}

/** The operations that read a configuration. */
const OPERATIONS = ['StartConfigurationSession', 'GetLatestConfiguration'];

/**
 * One statement for each operation that reads the configurations. ARNs contain ids only, so that a configuration that is
 * named otherwise allows all configurations.
 */
export const configurationStatements = (
  configurations: readonly PolicyConfiguration[],
  scope: PolicyScope,
): readonly PolicyStatement[] => {
  const arns = configurations.map((each) =>
    arnIn(scope, { service: 'appconfig', region: each.region, resource: resourceOf(each) }),
  );
  return OPERATIONS.flatMap((operation) => allowing(operation, `appconfig:${operation}`, arns));
};

const resourceOf = (configuration: ConfigurationName): string => {
  const { application, environment, profile } = hasIds(configuration) ? configuration : ANY;
  return `application/${application}/environment/${environment}/configuration/${profile}`;
};

const ANY: ConfigurationName = { application: '*', environment: '*', profile: '*' };

/** AppConfig makes ids of seven lowercase letters and digits. A word without a digit is more likely a name. */
const ID = /^(?=.*[0-9])[a-z0-9]{7}$/;

/** Whether all parts of the name are ids, as far as their form can tell. */
export const hasIds = ({ application, environment, profile }: ConfigurationName): boolean =>
  [application, environment, profile].every((part) => ID.test(part));
