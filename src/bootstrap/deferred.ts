/** Something that is loaded when it is first needed, or before that when there is time. */
export class Deferred<Thing> {
  readonly #load: () => Promise<Thing>;
  #loading: Promise<Thing> | undefined;
  #thing: Thing | undefined;

  constructor(load: () => Promise<Thing>) {
    this.#load = load;
  }

  /** It, once it is loaded. */
  get loaded(): Thing | undefined {
    return this.#thing;
  }

  /** Loads it once; a failure is forgotten, so that who comes next makes another attempt. */
  load(): Promise<Thing> {
    this.#loading ??= this.#load().then(
      (thing) => {
        this.#thing = thing;
        return thing;
      },
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    );
    return this.#loading;
  }
}
