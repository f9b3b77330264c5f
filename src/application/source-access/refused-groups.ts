import { GroupRefusedError } from '../../domain/cache/errors.ts';

/** The groups whose configuration contradicts the source. They stay refused until the process ends. */
export class RefusedGroups {
  readonly #refusals = new Map<string, GroupRefusedError>();

  /** @throws {GroupRefusedError} if the group is refused */
  check(group: string): void {
    const refusal = this.#refusals.get(group);
    if (refusal !== undefined) throw refusal;
  }

  /** Refuses the group from now on if `error` says so. */
  learn(group: string, error: unknown): void {
    if (error instanceof GroupRefusedError) this.#refusals.set(group, error);
  }
}
