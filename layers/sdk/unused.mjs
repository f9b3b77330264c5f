/** In place of parts of the SDK that are never asked for here: streams of events, the names of browsers. */
export {};
