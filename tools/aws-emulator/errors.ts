/** How an error is answered, where it differs from the service's habit. */
export interface AwsErrorShape {
  /** By default 400, or what the REST protocol has for the type. */
  readonly status?: number;
  /** The member that carries the text; services and even operations differ. */
  readonly member?: 'message' | 'Message';
  /** Further members of the body. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Thrown for a request that AWS answers with an error. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly type: string;
  /** Undefined if the body has no message, as with `ParameterNotFound`. */
  readonly text: string | undefined;
  readonly shape: AwsErrorShape;

  constructor(type: string, text?: string, shape: AwsErrorShape = {}) {
    super(text ?? type);
    this.type = type;
    this.text = text;
    this.shape = shape;
  }

  /** The members behind `__type`. */
  get members(): Readonly<Record<string, unknown>> {
    const { member = 'message', details = {} } = this.shape;
    return { ...(this.text === undefined ? {} : { [member]: this.text }), ...details };
  }
}

export const validationError = (text: string) => new AwsError('ValidationException', text);
export const serializationError = (text?: string) =>
  new AwsError('SerializationException', text, { member: 'Message' });
