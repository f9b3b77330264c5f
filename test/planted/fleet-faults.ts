import type { PropertyFault } from './property-faults.ts';

const FLEET = 'test/application/coherence/fleet.property.test.ts';
/** What the clients of the model say. */
const WAS_PROMISED = 'was promised';

const GATE = 'src/application/coherence/coherence-gate.ts';
const SCOPE = 'src/application/coherence/coherent-scope.ts';
const RECENT_WRITES = 'src/application/storing/recent-writes.ts';
const INVALIDATE = 'src/application/invalidation/invalidate.ts';
const PAGE = 'src/domain/cache/journal-page.ts';

const TIER = 'src/application/tier/tiered-source.ts';

const planted = (name: string, file: string, text: string, replacement: string): PropertyFault => ({
  name,
  test: FLEET,
  complaint: WAS_PROMISED,
  file,
  text,
  replacement,
});

const QUERY_EXAMPLES = 'test/application/coherence/queries.test.ts';
const VALUE_EXAMPLES = 'test/application/coherence/values.test.ts';
const GATE_EXAMPLES = 'test/application/coherence/coherence-gate.test.ts';

/** Worlds at random hardly ever show these: the first one costs hits and no more, and the others need a slow read or a kept query. */
const SEEN_BY_EXAMPLES: readonly PropertyFault[] = [
  {
    name: 'the late answer of an earlier check sets a page back',
    test: 'test/application/coherence/announcements.test.ts',
    complaint: 'does not take the late answer of an earlier check for a change',
    file: SCOPE,
    text: 'if (isOlder && call <= known.calls) return undefined;',
    replacement: '',
  },
  {
    name: 'a reader who comes after a change elsewhere joins a flight of before it',
    test: GATE_EXAMPLES,
    complaint: 'does not share a read that began before a change was learned of',
    file: INVALIDATE,
    text: `this.#notify(group);
    this.#singleFlight.markGroupSuperseded(group);
  }`,
    replacement: 'this.#notify(group);\n  }',
  },
  {
    name: 'a reader joins a flight although the journal does not answer',
    test: GATE_EXAMPLES,
    complaint: 'does not share a read that began before an unknown write while the journal fails',
    file: 'src/application/reading/read-item.ts',
    text: " || reason === 'journal-unavailable'",
    replacement: '',
  },
  {
    name: 'the answer to a query is served although the journal does not answer',
    test: QUERY_EXAMPLES,
    complaint: 'is forwarded while the journal does not answer',
    file: 'src/application/dynamodb/answer-query.ts',
    text: 'const cached = mayUseMemory ? ',
    replacement: 'const cached = mayUseMemory !== undefined ? ',
  },
  {
    name: 'the answer to a query is served after a change elsewhere',
    test: QUERY_EXAMPLES,
    complaint: 'is forwarded after a change elsewhere',
    file: INVALIDATE,
    text: `supersede(group: string): void {
    this.#notify(group);`,
    replacement: 'supersede(group: string): void {',
  },
  {
    name: 'a request for several values does not wait for the journal',
    test: VALUE_EXAMPLES,
    complaint: 'is seen by a request for several values, which waits for the check',
    file: 'src/application/aws-json/read-several.ts',
    text: 'await Promise.all([...groups].map((group) => coherence?.wait(group)));',
    replacement: '',
  },
  {
    name: 'a write of a secret is not announced to readers of parameters',
    test: VALUE_EXAMPLES,
    complaint: 'once for those of another service that may refer to them',
    file: GATE,
    text: "for (const each of referring) changed.set(each, 'everything');",
    replacement: '',
  },
  {
    name: 'what a start reads shortly after the write of a value is kept',
    test: VALUE_EXAMPLES,
    complaint: 'keeps answers of an environment out of memory that starts within the window',
    file: GATE,
    text: 'isUnknown || late.has(scope)',
    replacement: 'isUnknown',
  },
];

const TIER_EXAMPLES = 'test/application/tier/tiered-source.test.ts';

/** Faults of the second tier. A world at random shows most of them only now and then. */
const SEEN_BY_TIER_EXAMPLES: readonly PropertyFault[] = [
  {
    name: 'what is shared is stamped when the answer arrives',
    test: TIER_EXAMPLES,
    complaint: 'an answer is not shared if its call began before the write and ended after it',
    file: TIER,
    text: 'this.#share([answer], asked, group);',
    replacement: 'this.#share([answer], this.#ask(key.group), group);',
  },
  {
    name: 'a stamp is trusted although the ring does not reach back to it',
    test: 'test/domain/cache/journal-page.stamps.test.ts',
    complaint: 'proves nothing if its stripe was announced, and the ring is too short',
    file: PAGE,
    text: 'missed < 0 || missed > page.ring.length',
    replacement: 'missed < 0',
  },
  {
    name: 'answers to reads that are not consistent are shared',
    test: TIER_EXAMPLES,
    complaint: 'is read consistently, so that others can rely on it',
    file: TIER,
    text: 'await this.#origin.read(key, consistently(options))',
    replacement: 'await this.#origin.read(key, options)',
  },
  {
    name: 'an answer is shared although a write of unknown outcome may follow',
    test: TIER_EXAMPLES,
    complaint: 'of unknown outcome, nothing of the item is shared within the window',
    file: TIER,
    text: 'if (recentWrites.mayBeStale(key, elapsed)) continue;',
    replacement: '',
  },
  {
    name: 'an environment shows what another one has read before its own latest read',
    test: TIER_EXAMPLES,
    complaint: 'is not read by an environment that has shown a later answer',
    file: TIER,
    text: 'this.#parts.floors.admits(key, askedAt) && ',
    replacement: '',
  },
];

/** Needs certain failures at certain moments, which few worlds have. */
const slow = (...fault: Parameters<typeof planted>): PropertyFault => ({
  ...planted(...fault),
  isSlow: true,
});

/** The ways in which environments could disagree without anybody noticing. */
export const FLEET_FAULTS: readonly PropertyFault[] = [
  ...SEEN_BY_EXAMPLES,
  ...SEEN_BY_TIER_EXAMPLES,
  slow(
    'what is shared is stamped when the answer arrives',
    TIER,
    'this.#share([answer], asked, group);',
    'this.#share([answer], this.#ask(key.group), group);',
  ),
  slow(
    'a stamp is trusted although the ring does not reach back to it',
    PAGE,
    'missed < 0 || missed > page.ring.length',
    'missed < 0',
  ),
  slow('what is shared needs no proof', TIER, ' && isUnchangedSince(stamp, hashOf(key), pages)', ''),
  planted(
    'fills after a change elsewhere are not consistent',
    RECENT_WRITES,
    'if (this.#elsewhere?.isRecent(key) === true) return true;',
    '',
  ),
  slow(
    'a write is announced only before it is made',
    INVALIDATE,
    `const ends = addresses.map((address) => recentWrites.begin(address));
    this.#invalidate(addresses);
    const endHere = (how: WriteEnd) => {
      for (const end of ends) end(how);
      this.#invalidate(addresses);
    };
    return {
      end: (how) => {
        const announced =
          how === 'not-applied' ? undefined : coherence?.announce(addresses, how === 'unknown');`,
    `const ends = addresses.map((address) => recentWrites.begin(address));
    this.#invalidate(addresses);
    const announced = coherence?.announce(addresses, false);
    const endHere = (how: WriteEnd) => {
      for (const end of ends) end(how);
      this.#invalidate(addresses);
    };
    return {
      end: (how) => {`,
  ),
  slow(
    'a write is acknowledged before it is announced',
    'src/application/dynamodb/forward-operation.ts',
    'await write.end(end);',
    'void write.end(end);',
  ),
  planted(
    'the order of an entry is taken when the answer arrives',
    'src/application/storing/entry-writer.ts',
    'readOrder: order,',
    'readOrder: this.#parts.fence.advance(),',
  ),
  slow(
    'a check counts for an invocation that began after it',
    SCOPE,
    'if (this.#last === undefined || this.#last.call < check.call) this.#last = check;',
    `if (this.#last === undefined || this.#last.call < check.call)
      this.#last = { ...check, invocation: this.#parts.invocation.count };`,
  ),
  planted(
    'no read waits for a first check',
    SCOPE,
    'return this.#last !== undefined && this',
    'return this.#last === undefined || this',
  ),
  planted(
    'a ring that does not reach back is trusted',
    PAGE,
    'if (missed <= page.ring.length) {',
    'if (page.ring.length > 0) {',
  ),
  slow(
    'a journal that was made again passes for the same',
    PAGE,
    'page.epoch !== before.epoch || missed < 0',
    'missed < 0',
  ),
  slow(
    'a journal that was deleted passes for unchanged',
    SCOPE,
    'for (const known of this.#known.values()) if (isMissing(known)) changes.push(this.#forget(known));',
    '',
  ),
  planted(
    'memory is used although the last check failed',
    SCOPE,
    'return this.#last !== undefined && this',
    'return this.#last !== undefined && this.#failedAt !== undefined ? true : this.#last !== undefined && this',
  ),
  slow(
    'a write of unknown outcome is announced as a known one',
    INVALIDATE,
    "coherence?.announce(addresses, how === 'unknown')",
    'coherence?.announce(addresses, false)',
  ),
  {
    ...planted(
      'only the first read of a turn waits for an INVOKE event that it has overtaken',
      GATE,
      `this.#turn = nextTurn(clock).then(() => {
        this.#turn = undefined;
        if (invocation.isOver(clock.now())) invocation.begin(undefined);
      });
    return this.#turn;`,
      'return nextTurn(clock);\n    return undefined;',
    ),
    // It also checks twice, which may show first.
    complaint: 'Property failed',
  },
  {
    ...planted(
      'no read waits for an INVOKE event that it has overtaken',
      GATE,
      "coherence.mode === 'invocation' && this.#isNotified ? this.#turnAfterPause(now) : undefined",
      'undefined',
    ),
    // It also checks twice, which may show first.
    complaint: 'Property failed',
  },
  planted(
    'an interval begins when the check is answered',
    SCOPE,
    'this.#ageOf(check.beganAt) < maxAgeMs',
    'this.#ageOf(check.beganAt) < 2 * maxAgeMs',
  ),
];
