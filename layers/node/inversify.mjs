/**
 * Replaces Inversify with the part of it that `src/bootstrap` uses: singletons, made on first use from typed tokens. The
 * package is 77 KB of the 199 KB that a start compiles.
 */
export class ContainerModule {
  constructor(load) {
    this.load = load;
  }
}

export class Container {
  #makers = new Map();
  #made = new Map();

  bind(token) {
    if (this.#makers.has(token)) throw new Error(`${String(token)} is already bound`);
    return this.rebind(token);
  }

  rebind(token) {
    const to = (make) => void this.#makers.set(token, make);
    return {
      toConstantValue: (value) => to(() => value),
      toDynamicValue: to,
      toResolvedValue: (make, tokens = []) => to(() => make(...tokens.map((each) => this.get(each)))),
    };
  }

  load(...modules) {
    for (const { load } of modules) load({ bind: (token) => this.bind(token) });
  }

  get(token) {
    if (!this.#made.has(token)) {
      const make = this.#makers.get(token);
      if (make === undefined) throw new Error(`${String(token)} is not bound`);
      this.#made.set(token, make());
    }
    return this.#made.get(token);
  }
}
