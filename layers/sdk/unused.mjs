/** Replaces parts of the SDK that are never used here: event streams, browser names. */
export {};
