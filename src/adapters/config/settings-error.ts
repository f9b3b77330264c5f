/** The environment or `cache.yaml` is wrong. Carries all that is wrong, not only the first of it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  /** One line each: where, what was given, what is allowed. */
  readonly problems: readonly string[];

  /** @param path of the file that names the tables, if it is not in its usual place */
  constructor(problems: readonly string[], path = 'cache.yaml') {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    const next = `Next: correct this, then check the file with: npx dynamodb-cache-extension validate ${path}`;
    super([`${count} with the settings:`, ...problems, next].join('\n'));
    this.problems = problems;
  }
}
