/** An option of the command line. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  readonly text: string;
  /** The value that must follow; absent if the option takes no value. */
  readonly value?: {
    readonly placeholder: string;
    readonly accepts: (text: string) => boolean;
    readonly allowed: string;
  };
}
