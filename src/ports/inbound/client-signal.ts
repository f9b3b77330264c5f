/** Who is told that a client is gone. */
export interface GoneListener {
  handleEvent(): void;
}

/** Tells that a client is gone. Every `AbortSignal` is one; to make those takes long, so that who can make less may. */
export interface ClientSignal {
  readonly aborted: boolean;
  /** Calls the listener when it happens, and not if it has happened already. */
  addEventListener(type: 'abort', listener: GoneListener): void;
  removeEventListener(type: 'abort', listener: GoneListener): void;
}
