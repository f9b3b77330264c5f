/** The environment or `cache.yaml` is wrong. Carries all that is wrong, not only the first of it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  /** One line each: where, what was given, what is allowed. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super([`${count} with the settings:`, ...problems].join('\n'));
    this.problems = problems;
  }
}
