import { type ConfigText, configText, MAX_CONFIG_BYTES } from './config-text.ts';

/** Reads a stream to its end, or as far as a file may reach; `name` is what problems call it. Rejects if the stream fails. */
export const readConfigStream = async (
  name: string,
  stream: AsyncIterable<Uint8Array>,
): Promise<ConfigText> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_CONFIG_BYTES) {
      return { problem: `${name} has more than ${MAX_CONFIG_BYTES} bytes, which is the most allowed` };
    }
  }
  return configText(name, Buffer.concat(chunks));
};
