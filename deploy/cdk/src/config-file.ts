import { readFileSync } from 'node:fs';
import { Token } from 'aws-cdk-lib';
import { VARIABLES } from 'dynamodb-cache-extension/adapters/config';
import { type CheckedSections, checkCacheYaml } from 'dynamodb-cache-extension/policy';

/** Replaces a value that is known only at deployment. It is valid for every free-text setting but the name of a table. */
const UNKNOWN_YET = 'http://unknown.invalid';
const UNKNOWN_TABLE = 'unknown.invalid';

/** A `cache.yaml` for functions. */
export class ConfigFile {
  readonly text: string;
  readonly #path: string;

  /** @throws {Error} if the file cannot be read or is not UTF-8 */
  constructor(path: string) {
    this.#path = path;
    // Without `fatal`, bytes that are not UTF-8 would be deployed as other bytes.
    this.text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  }

  /**
   * Checks the file together with the environment variables of the function.
   *
   * @throws {Error} lists all problems of both; with any of them the extension would not start
   */
  checkedWith(environment: Readonly<Record<string, string>>): CheckedSections {
    const known = Object.entries(environment).map(([name, value]): [string, string] => [
      name,
      Token.isUnresolved(value) ? standInFor(name) : value,
    ]);
    const checked = checkCacheYaml(this.text, { path: this.#path, environment: Object.fromEntries(known) });
    if (checked.problems.length > 0) throw new Error(checked.problems.join('\n'));
    return checked;
  }
}

const standInFor = (variable: string): string =>
  variable === VARIABLES.journalTable ? UNKNOWN_TABLE : UNKNOWN_YET;
