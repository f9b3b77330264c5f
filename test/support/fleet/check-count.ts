interface InvocationChecks {
  readonly checks: Map<string, number>;
  readonly read: Set<string>;
  hasFailure: boolean;
}

/** Counts checks of the journal, to find needless ones. */
export class CheckCount {
  readonly #invocations: InvocationChecks[] = [{ checks: new Map(), read: new Set(), hasFailure: false }];

  nextInvocation(): void {
    this.#invocations.push({ checks: new Map(), read: new Set(), hasFailure: false });
  }

  began(scope: string): void {
    const checks = this.#now?.checks;
    checks?.set(scope, (checks.get(scope) ?? 0) + 1);
  }

  read(scope: string): void {
    this.#now?.read.add(scope);
  }

  failed(): void {
    if (this.#now !== undefined) this.#now.hasFailure = true;
  }

  get total(): number {
    return this.#invocations.reduce(
      (sum, { checks }) => sum + [...checks.values()].reduce((a, b) => a + b, 0),
      0,
    );
  }

  /** Finds more than one check of these scopes in an invocation before any failure, and checks for no read. */
  faults(scopes: ReadonlySet<string>): readonly string[] {
    return this.#invocations.flatMap(({ checks }, index) =>
      [...checks].flatMap(([scope, count]) => {
        if (!scopes.has(scope)) return [];
        // A failing journal is asked once a second, for as long as nobody has seen it answer.
        const hasFailed = this.#invocations.slice(0, index + 1).some(({ hasFailure }) => hasFailure);
        if (count > 1 && !hasFailed) return [`${count} checks of ${scope} in invocation ${index}`];
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
