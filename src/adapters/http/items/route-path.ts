/** A path under which items are read: fixed, or with parameters in it, such as `/tables/:table`. */
export class RoutePath {
  readonly path: string;
  readonly #parameters: readonly string[];
  readonly #pattern: RegExp | undefined;

  constructor(path: string) {
    this.path = path;
    this.#parameters = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
    this.#pattern =
      this.#parameters.length === 0 ? undefined : new RegExp(`^${path.replaceAll(/:\w+/g, '([^/]+)')}$`);
  }

  get isFixed(): boolean {
    return this.#pattern === undefined;
  }

  /**
   * Returns the query with the parameters of the path in front, so that both are decoded and checked in one way; undefined
   * if the path is another.
   *
   * @param path still encoded
   * @param query still encoded
   */
  queryOf(path: string, query: string): string | undefined {
    if (this.#pattern === undefined) return path === this.path ? query : undefined;
    const match = this.#pattern.exec(path);
    if (match === null) return undefined;
    // In a path, these characters have no meaning of their own.
    const pairs = this.#parameters.map(
      (name, index) => `${name}=${(match[index + 1] ?? '').replaceAll('+', '%2B').replaceAll('&', '%26')}`,
    );
    return query === '' ? pairs.join('&') : `${pairs.join('&')}&${query}`;
  }
}
