/** In place of `node:process`, of which each import would make a copy, name by name: 0.15 ms, seven times. */
// biome-ignore lint/style/noDefaultExport: it is the default that is imported
export default globalThis.process;
