import {
  type Clock,
  type ItemSource,
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceUnavailableError,
} from 'dynamodb-cache-extension/core';

export const JSON_TYPE = 'application/json';

interface FlagFile {
  readonly etag: string | null;
  readonly flags: ReadonlyMap<string, unknown>;
}

/** Flags of a JSON file, such as `{"dark-mode":true}`: a key's id is the name of a flag, its body the value. */
export const flagFileSource = (url: string, clock: Clock): ItemSource => {
  let latest: FlagFile | undefined;
  return {
    async read(key, { signal }) {
      const askedAt = clock.now();
      latest = await download(url, latest, signal);
      const { flags } = latest;
      if (!flags.has(key.id)) return { key, askedAt, bodies: [] };
      const bytes = new TextEncoder().encode(JSON.stringify(flags.get(key.id)));
      return { key, askedAt, bodies: [{ contentType: JSON_TYPE, bytes }] };
    },
  };
};

/** Downloads the file, unless the server answers that `known` is still the current one. */
const download = async (url: string, known: FlagFile | undefined, signal: AbortSignal): Promise<FlagFile> => {
  const headers = known?.etag ? { 'If-None-Match': known.etag } : undefined;
  const response = await fetch(url, { headers, signal }).catch((cause) => {
    throw new SourceConnectionError('the server of the flag file does not answer', { cause });
  });
  const { status } = response;
  if (status === 304 && known) return known;
  if (status === 429) throw new SourceThrottledError('the server of the flag file throttles');
  if (status >= 500) throw new SourceUnavailableError(`the server of the flag file answers ${status}`);
  if (status !== 200) throw new SourceRefusedError(`status ${status} for the flag file: check FLAGS_URL`);
  try {
    const flags: Record<string, unknown> = JSON.parse(await response.text());
    return { etag: response.headers.get('etag'), flags: new Map(Object.entries(flags)) };
  } catch (cause) {
    throw new SourceUnavailableError('the flag file cannot be read as a JSON object', { cause });
  }
};
