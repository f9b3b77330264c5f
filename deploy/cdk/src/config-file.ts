import { readFileSync } from 'node:fs';
import { Token } from 'aws-cdk-lib';
import { type CheckedCacheYaml, checkCacheYaml } from 'dynamodb-cache-extension/policy';

/** What a variable is checked as, if it is known at the time of deployment only: fit for every setting that is free text. */
const UNKNOWN_YET = 'http://unknown.invalid';

/** A `cache.yaml` that functions are to have. */
export class ConfigFile {
  readonly text: string;
  readonly #path: string;

  /** @throws {Error} where the file cannot be read */
  constructor(path: string) {
    this.#path = path;
    // Bytes that are not UTF-8 would be deployed as others.
    this.text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  }

  /**
   * What the file says in the given environment.
   *
   * @throws {Error} with everything that is wrong in either of them, which would keep the extension from starting
   */
  checkedWith(environment: Readonly<Record<string, string>>): CheckedCacheYaml {
    const known = Object.entries(environment).map(([name, value]): [string, string] => [
      name,
      Token.isUnresolved(value) ? UNKNOWN_YET : value,
    ]);
    const checked = checkCacheYaml(this.text, { path: this.#path, environment: Object.fromEntries(known) });
    if (checked.problems.length > 0) throw new Error(checked.problems.join('\n'));
    return checked;
  }
}
