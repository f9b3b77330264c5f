import { AwsError } from './errors.ts';
import type { AwsCredentials, KnownCredentials } from './signature.ts';
import type { WireReply } from './wire.ts';

/** An IAM action such as `ssm:GetParameter`, or a pattern: `ssm:*`, `*`. */
export type ActionPattern = string;

/** Undoes a fault. */
export type Undo = () => void;

export interface Failure {
  /** The error type, such as `InternalServerError`. Without one, the body is text, as of a load balancer. */
  readonly type?: string;
  readonly message?: string;
  /** By default 400 with a type, and 503 without. */
  readonly status?: number;
  /** The member of the body that carries the message, `message` by default. */
  readonly member?: 'message' | 'Message';
}

/** Requests that wait for an answer. Made by `faults.delay`. */
export interface Delay {
  /** How many requests wait. */
  readonly waiting: number;
  /** Resolves when that many requests have arrived, whether or not they still wait. */
  arrived(count: number): Promise<void>;
  /** Answers those that wait, and delays no further ones. */
  release(): void;
}

interface Denial {
  readonly action: ActionPattern;
  readonly resource: string;
}

interface Planned {
  left: number;
  readonly action: ActionPattern;
  readonly effect: () => Effect;
}

/** What a fault does to a request that would otherwise succeed. */
export type Effect = Pick<WireReply, 'cut'> & { readonly reply?: WireReply };

/** Makes requests fail on purpose. Everything here applies to requests with a valid signature. */
export class Faults {
  readonly #now: () => number;
  readonly #denials = new Set<Denial>();
  readonly #throttles = new Set<(action: string) => boolean>();
  readonly #planned: Planned[] = [];
  readonly #delays = new Set<OpenDelay>();
  #credentials: AwsCredentials;
  #expired: AwsCredentials[] = [];
  #emptyPages = 0;

  constructor(credentials: AwsCredentials, now: () => number) {
    this.#credentials = credentials;
    this.#now = now;
  }

  /**
   * Denies an action with `AccessDeniedException`.
   *
   * @param resource a name or an ARN, with an optional `*` at its end; by default all
   */
  deny(action: ActionPattern, resource = '*'): Undo {
    return added(this.#denials, { action, resource });
  }

  /** Throttles all calls of an action, or all calls beyond a number in each second of the emulator's clock. */
  throttle(limit: ActionPattern | number, action: ActionPattern = '*'): Undo {
    if (typeof limit === 'string') return added(this.#throttles, (called) => matches(limit, called));
    let recent: number[] = [];
    return added(this.#throttles, (called) => {
      if (!matches(action, called)) return false;
      const now = this.#now();
      recent = recent.filter((at) => at > now - 1_000);
      if (recent.length >= limit) return true;
      recent.push(now);
      return false;
    });
  }

  /** Fails the next calls. Calls of this method are served in their order. */
  failNext(count: number, failure: Failure = {}, action: ActionPattern = '*'): void {
    const { type, message, status, member = 'message' } = failure;
    const effect = () => {
      if (type !== undefined)
        throw new AwsError(type, message, { member, ...(status === undefined ? {} : { status }) });
      return {
        reply: {
          status: status ?? 503,
          headers: { 'Content-Type': 'text/plain' },
          body: message ?? 'unavailable',
        },
      };
    };
    this.#planned.push({ left: count, action, effect });
  }

  /** Cuts the connection of the next calls: before the answer, or within its body. */
  cutNext(count: number, when: NonNullable<WireReply['cut']> = 'before-answer', action = '*'): void {
    this.#planned.push({ left: count, action, effect: () => ({ cut: when }) });
  }

  /** Holds calls of an action until they are released. */
  delay(action: ActionPattern = '*'): Delay {
    const delay = new OpenDelay(action, () => this.#delays.delete(delay));
    this.#delays.add(delay);
    return delay;
  }

  /** From now on, the credentials are answered with `ExpiredTokenException`, and the new ones are valid. */
  expireCredentials(next?: AwsCredentials): void {
    this.#expired.push(this.#credentials);
    if (next) this.#credentials = next;
  }

  /** The next pages of `GetParametersByPath` are empty, and have a `NextToken`. */
  emptyNextPages(count: number): void {
    this.#emptyPages = count;
  }

  /** Undoes all faults but expired credentials, and releases what is delayed. */
  clear(): void {
    this.#denials.clear();
    this.#throttles.clear();
    this.#planned.length = 0;
    this.#emptyPages = 0;
    for (const delay of [...this.#delays]) delay.release();
  }

  /** The credentials with this id, if they are or were those of the emulator. */
  find(accessKeyId: string): KnownCredentials | undefined {
    if (this.#credentials.accessKeyId === accessKeyId)
      return { credentials: this.#credentials, isExpired: this.#expired.includes(this.#credentials) };
    const credentials = this.#expired.find((each) => each.accessKeyId === accessKeyId);
    return credentials && { credentials, isExpired: true };
  }

  /**
   * Applies delays, throttling and planned failures to a call.
   *
   * @throws {AwsError} if the call fails with an error of AWS
   */
  async apply(action: string): Promise<Effect> {
    for (const delay of this.#delays) await delay.hold(action);
    for (const isThrottled of this.#throttles) {
      if (isThrottled(action)) throw new AwsError('ThrottlingException', 'Rate exceeded');
    }
    const planned = this.#planned.find((each) => each.left > 0 && matches(each.action, action));
    if (!planned) return {};
    planned.left -= 1;
    return planned.effect();
  }

  /** @param resource its ARN, and the names by which tests deny it */
  allows(action: string, ...resource: readonly string[]): boolean {
    for (const denial of this.#denials) {
      if (matches(denial.action, action) && matches(denial.resource, ...resource)) return false;
    }
    return true;
  }

  /** Whether this page is to be empty. */
  takeEmptyPage(): boolean {
    if (this.#emptyPages === 0) return false;
    this.#emptyPages -= 1;
    return true;
  }
}

class OpenDelay implements Delay {
  readonly #action: ActionPattern;
  readonly #ended: () => void;
  readonly #held: (() => void)[] = [];
  readonly #watchers: { readonly count: number; readonly resolve: () => void }[] = [];
  #total = 0;

  constructor(action: ActionPattern, ended: () => void) {
    this.#action = action;
    this.#ended = ended;
  }

  get waiting(): number {
    return this.#held.length;
  }

  arrived(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#total >= count) resolve();
      else this.#watchers.push({ count, resolve });
    });
  }

  release(): void {
    this.#ended();
    for (const resume of this.#held.splice(0)) resume();
  }

  async hold(action: string): Promise<void> {
    if (!matches(this.#action, action)) return;
    this.#total += 1;
    const { promise, resolve } = withResolver();
    this.#held.push(resolve);
    for (const watcher of this.#watchers) if (watcher.count <= this.#total) watcher.resolve();
    await promise;
  }
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function added<T>(set: Set<T>, entry: T): Undo {
  set.add(entry);
  return () => set.delete(entry);
}

const matches = (pattern: string, ...texts: readonly string[]) =>
  texts.some((text) => (pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern)) ||
  pattern === '*';
