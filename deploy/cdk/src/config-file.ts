import { readFileSync } from 'node:fs';
import { Token } from 'aws-cdk-lib';
import { VARIABLES } from 'dynamodb-cache-extension/adapters/config';
import { type CheckedSections, checkCacheYaml } from 'dynamodb-cache-extension/policy';

/** Replaces a value that is known only at deployment. It is valid for every free-text setting but these. */
const UNKNOWN_YET = 'http://unknown.invalid';
const UNKNOWN_YET_OF: ReadonlyMap<string, string> = new Map([
  [VARIABLES.journalTable, 'unknown.invalid'],
  [VARIABLES.tierUrl, 'rediss://unknown.invalid'],
]);

/** A `cache.yaml` for functions, or the absence of one. */
export class ConfigFile {
  /** Undefined if there is no file. */
  readonly text: string | undefined;
  readonly #path: string | undefined;

  /** @throws {Error} if the file cannot be read or is not UTF-8 */
  constructor(path: string | undefined) {
    this.#path = path;
    if (path === undefined) return;
    // Without `fatal`, bytes that are not UTF-8 would be deployed as other bytes.
    this.text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  }

  /**
   * Checks the file together with the environment variables of the function. `withVariables` replaces the stand-ins of
   * `variables` that are known only at deployment.
   *
   * @param variables those to which the file refers
   * @throws {Error} lists all problems of both; with any of them the extension would not start
   */
  checkedWith(
    environment: Readonly<Record<string, string>>,
    variables: Readonly<Record<string, string>>,
  ): CheckedSections {
    const checked = checkCacheYaml(this.text, {
      path: this.#path,
      environment: known(environment, standInFor),
      variables: known(variables, nameInPlaceOf),
    });
    if (checked.problems.length > 0) throw new Error(checked.problems.join('\n'));
    return checked;
  }
}

/** Puts the values of `variables` that are known only at deployment into an ARN. */
export const withVariables = (arn: string, variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .filter(([, value]) => Token.isUnresolved(value))
    .reduce((resource, [name, value]) => resource.replaceAll(nameInPlaceOf(name), value), arn);

const known = (
  variables: Readonly<Record<string, string>>,
  standIn: (variable: string) => string,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      Token.isUnresolved(value) ? standIn(name) : value,
    ]),
  );

/** A valid name of a table, parameter or secret, different for each variable. */
const nameInPlaceOf = (variable: string): string => `unknown.${variable}.invalid`;

const standInFor = (variable: string): string => UNKNOWN_YET_OF.get(variable) ?? UNKNOWN_YET;
