/** A connection that takes and gives bytes. */
export interface ByteSocket {
  /** Takes as many bytes as the system has room for, and returns their number: less than 0 if the connection is closed. */
  write(bytes: Uint8Array): number;
  /** Says that nothing more will be written. */
  end(): void;
  /** Ends the connection at once. */
  terminate(): void;
  /** Stops reading, so that the client has to wait, until `resume`. */
  pause(): void;
  resume(): void;
}
