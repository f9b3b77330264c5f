/** Replaces `node:process`. Each of seven imports would copy all its names, which takes 0.15 ms. */
// biome-ignore lint/style/noDefaultExport: modules import the default
export default globalThis.process;
