/** The package that a file of the bundle comes from, or undefined if it is the project's own. */
export const packageOf = (path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];

/** The folder of that package, relative to the project. */
export const packageFolderOf = (path) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];

/** Every file that left something in the bundle, with how many bytes. */
export const bytesByInput = (metafile) => {
  const bytes = new Map();
  for (const { inputs } of Object.values(metafile.outputs))
    for (const [path, { bytesInOutput }] of Object.entries(inputs))
      if (bytesInOutput > 0) bytes.set(path, (bytes.get(path) ?? 0) + bytesInOutput);
  return bytes;
};
