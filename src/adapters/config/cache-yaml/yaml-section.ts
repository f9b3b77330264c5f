import * as v from 'valibot';

/**
 * A section of `cache.yaml` besides `dynamodb`. A file may omit it.
 *
 * @example
 * new YamlSection('greetings', v.strictObject({ language: v.string('a language') }, 'a mapping with language'));
 */
export class YamlSection<Schema extends v.GenericSchema = v.GenericSchema> {
  readonly name: string;
  /** Receives every scalar as text. Its names are the allowed ones; its messages say which values are allowed. */
  readonly schema: Schema;

  constructor(name: string, schema: Schema) {
    this.name = name;
    this.schema = schema;
  }

  /** The value of the section; undefined if `cache.yaml` omits it. */
  valueIn({ sections = {} }: SectionValues): v.InferOutput<Schema> | undefined {
    const value = sections[this.name];
    return value === undefined ? undefined : v.parse(this.schema, value);
  }
}

/** The sections besides `dynamodb`, by name. Each is valid, and as `cache.yaml` has it. */
export interface SectionValues {
  readonly sections?: Readonly<Record<string, unknown>>;
}
