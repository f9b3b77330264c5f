interface InvocationChecks {
  /** For each check of a scope, how many INVOKE events the environment had handled. */
  readonly checks: Map<string, readonly number[]>;
  readonly read: Set<string>;
  hasFailure: boolean;
}

/** Counts checks of the journal, to find needless ones. */
export class CheckCount {
  readonly #invocations: InvocationChecks[] = [{ checks: new Map(), read: new Set(), hasFailure: false }];

  nextInvocation(): void {
    this.#invocations.push({ checks: new Map(), read: new Set(), hasFailure: false });
  }

  began(scope: string, handledEvents: number): void {
    const checks = this.#now?.checks;
    checks?.set(scope, [...(checks.get(scope) ?? []), handledEvents]);
  }

  read(scope: string): void {
    this.#now?.read.add(scope);
  }

  failed(): void {
    if (this.#now !== undefined) this.#now.hasFailure = true;
  }

  get total(): number {
    return this.#invocations.reduce((sum, { checks }) => sum + [...checks.values()].flat().length, 0);
  }

  /** Finds more than one check of these scopes in an invocation before any failure, and checks for no read. */
  faults(scopes: ReadonlySet<string>): readonly string[] {
    return this.#invocations.flatMap(({ checks }, index) =>
      [...checks].flatMap(([scope, handled]) => {
        if (!scopes.has(scope)) return [];
        // A failing journal is asked once a second, for as long as nobody has seen it answer.
        const hasFailed = this.#invocations.slice(0, index + 1).some(({ hasFailure }) => hasFailure);
        // A read that was frozen may ask before the event is handled. Its check does not count for reads after the event.
        const isRepeated = new Set(handled).size < handled.length;
        if (isRepeated && !hasFailed) return [`${handled.length} checks of ${scope} in invocation ${index}`];
        // The preload reads as well. A read that is frozen before it asks the gate counts in the invocation after.
        const latest = this.#invocations.slice(index - 2, index + 1);
        const isUsed = index < 2 || latest.some(({ read }) => read.has(scope));
        return isUsed ? [] : [`a check of ${scope} in invocation ${index}, though nothing was read`];
      }),
    );
  }

  get #now(): InvocationChecks | undefined {
    return this.#invocations.at(-1);
  }
}
