/**
 * One file on the path of a request.
 *
 * @typedef {object} FileOnPath
 * @property {string} path below `src`
 * @property {string} ring the first folder
 * @property {string} room the folders below the ring; empty for a file of the ring itself
 * @property {number} us self time in microseconds, with what Node.js and packages do on its behalf
 * @property {number} entered how often control came into the file from another one, or from outside
 * @property {number} returns how many of these entries came after all functions of the file had ended or waited
 */

/**
 * One entry into a function, in order.
 *
 * @typedef {object} Call
 * @property {number} depth functions that ran around it
 * @property {string} path
 * @property {string} name
 * @property {number} line
 * @property {boolean} isContinued whether it continued behind an `await` or `yield`
 */

/**
 * The path of one request: the files in the order of their first entry, until the last byte of the answer is written.
 *
 * @param {readonly import('./recorder.mjs').TracedFile[]} files
 * @param {readonly import('./recorder.mjs').TraceRecord[]} records
 * @returns {{ files: FileOnPath[], calls: Call[], afterAnswer: string[] }} `afterAnswer`: files that were entered for the
 *   first time when the answer had been written
 */
export const pathOf = (files, records) => {
  const end = records.findLastIndex(([kind]) => kind === 'answered');
  const walk = new Walk(files);
  for (const record of end === -1 ? records : records.slice(0, end)) walk.take(record);
  const onPath = walk.files;
  const known = new Set(onPath.map(({ path }) => path));
  const later = end === -1 ? [] : records.slice(end);
  const entered = later
    .filter(([kind]) => kind === 'begins' || kind === 'continues')
    .map(([, file]) => files[file].path)
    .filter((path) => !known.has(path));
  return { files: onPath, calls: walk.calls, afterAnswer: [...new Set(entered)] };
};

/**
 * The path that requests of one kind take, without what happens only now and then, such as the new date of each second: the
 * shortest of all, with the median time of each file.
 *
 * @template {{ files: FileOnPath[] }} Path
 * @param {readonly Path[]} paths
 * @returns {Path}
 */
export const usualPath = (paths) => {
  const fewest = Math.min(...paths.map(({ files }) => files.length));
  const shortest = paths.find(({ files }) => files.length === fewest);
  const timesOf = (path) => paths.flatMap(({ files }) => files.filter((file) => file.path === path));
  const files = shortest.files.map((file) => ({
    ...file,
    us: median(timesOf(file.path).map(({ us }) => us)),
  }));
  return { ...shortest, files };
};

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Sums of a path. */
export const countsOf = (files) => ({
  files: files.length,
  returns: sum(files.map(({ returns }) => returns)),
  bootstrapFiles: files.filter(({ ring }) => ring === 'bootstrap').length,
  us: sum(files.map(({ us }) => us)),
});

const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);

/** Follows the records, and knows at each which functions run. */
class Walk {
  calls = [];
  #files;
  #visits = new Map();
  /** Frames that run, the innermost last. */
  #stack = [];
  #since = 0;

  constructor(files) {
    this.#files = files;
  }

  /** In the order of the first entry. */
  get files() {
    return [...this.#visits].map(([file, { us, entered, returns }]) => {
      const { path } = this.#files[file];
      const [ring, ...rooms] = path.split('/').slice(0, -1);
      return { path, ring, room: rooms.join('/'), us, entered, returns };
    });
  }

  take([kind, file, fn, frame, us]) {
    this.#spend(us);
    if (kind === 'begins' || kind === 'continues') this.#enter(kind, file, fn, frame);
    else if (kind === 'waits' || kind === 'ends') this.#leave(frame);
  }

  #spend(us) {
    const running = this.#stack.at(-1);
    if (running !== undefined) this.#visits.get(running.file).us += us - this.#since;
    this.#since = us;
  }

  #enter(kind, file, fn, frame) {
    const [name, line] = this.#files[file].functions[fn];
    const depth = this.#stack.length;
    this.calls.push({ depth, path: this.#files[file].path, name, line, isContinued: kind === 'continues' });
    if (this.#stack.at(-1)?.file !== file) this.#enterFile(file);
    this.#stack.push({ file, frame });
  }

  #enterFile(file) {
    const visit = this.#visits.get(file);
    if (visit === undefined) {
      this.#visits.set(file, { us: 0, entered: 1, returns: 0 });
      return;
    }
    visit.entered += 1;
    if (this.#stack.every((running) => running.file !== file)) visit.returns += 1;
  }

  #leave(frame) {
    const place = this.#stack.findLastIndex((running) => running.frame === frame);
    if (place >= 0) this.#stack.splice(place, 1);
  }
}
