import { HOP_HEADER } from '../../../src/ports/inbound/wire-operations.ts';
import { AwsEmulator } from '../../../tools/aws-emulator/emulator.ts';
import type { Undo } from '../../../tools/aws-emulator/index.ts';
import { headerOf, type WireReply, type WireRequest } from '../../../tools/aws-emulator/wire.ts';
import type { Chance } from '../chance.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import type { Chronology } from '../model/read-history.ts';
import { ModelServer } from './model-server.ts';
import { OriginHistory, parameterSubject, secretSubject } from './origin-history.ts';
import { type CallEnding, UpstreamCalls } from './upstream-calls.ts';

export const CREDENTIALS = { accessKeyId: 'AKIDMODEL', secretAccessKey: 'model-secret' };

/** Names an operation of a client, so that it is known when AWS carried it out. Forwarded like any header. */
export const OPERATION_ID = 'x-model-operation';

export const PARAMETERS = ['app/a', 'app/deep/b', 'solo'] as const;
export const SECRETS = ['db', 'cert'] as const;
export type ParameterName = (typeof PARAMETERS)[number];
export type SecretName = (typeof SECRETS)[number];
/** The one whose value is bytes. */
export const BINARY_SECRET = 'cert';

/** Every second parameter is encrypted. */
export const isSecure = (name: ParameterName): boolean => PARAMETERS.indexOf(name) % 2 === 1;

/** What goes wrong for a while. */
type Weather = 'calm' | 'throttled' | 'errors' | 'cut' | 'unreachable' | 'slow' | 'denied';

const WEATHERS: readonly [Weather, ...Weather[]] = [
  'calm',
  'calm',
  'throttled',
  'errors',
  'cut',
  'unreachable',
  'slow',
  'denied',
  'denied',
];
const DENIED = ['ssm:GetParameter', 'secretsmanager:GetSecretValue', 'kms:Decrypt'] as const;
const DENIED_BATCHES = ['ssm:GetParameters', 'secretsmanager:BatchGetSecretValue'] as const;
const SINGLE = new Set(['GetParameter', 'GetSecretValue']);
const READ = /^(?:Get|BatchGet)/;
const TRAVEL_MS = 60;
const LONG_TRAVEL_MS = 300;
/** Longer than the time-out of a read. */
const SLOW_MS = 4_000;

const CUT: WireReply = { status: 200, headers: {}, body: '', cut: 'before-answer' };

interface ParsedCall {
  readonly service: 'ssm' | 'secretsmanager';
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The emulator behind a network that takes its time and fails, in the time of a fake clock. Keeps a record of everything. */
export class ModelledAws {
  readonly emulator: AwsEmulator;
  readonly history: OriginHistory;
  readonly calls: UpstreamCalls;
  /** When AWS carried out the writes of clients, by `OPERATION_ID`: the order of what came of it. */
  readonly writes = new Map<string, number>();
  /** Increases with everything that happens at the wire. */
  activity = 0;
  readonly #clock: FakeClock;
  readonly #chance: Chance;
  #server: ModelServer | undefined;
  #weather: Weather = 'calm';
  #undo: Undo = () => undefined;

  constructor(clock: FakeClock, chance: Chance, chronology: Chronology) {
    this.#clock = clock;
    this.#chance = chance;
    this.emulator = new AwsEmulator({ credentials: CREDENTIALS, clock: () => this.#nowMs() });
    this.history = new OriginHistory(this.emulator, clock, chronology);
    this.calls = new UpstreamCalls(clock, chronology);
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  async listen(): Promise<void> {
    this.#server = await ModelServer.listen((request) => this.#answer(request));
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  /** Something else goes wrong from now on, or nothing. */
  changeWeather(weather: Weather = this.#chance.pick(WEATHERS)): void {
    this.#undo();
    this.#undo = () => undefined;
    this.#weather = weather;
    if (weather !== 'denied') return;
    const action = this.#chance.oneIn(12) ? this.#chance.pick(DENIED_BATCHES) : this.#chance.pick(DENIED);
    this.#undo = this.emulator.faults.deny(action);
  }

  get isCalm(): boolean {
    return this.#weather === 'calm';
  }

  /** A change that does not come through the endpoint. */
  change(subject: string, change: (aws: AwsEmulator) => void): void {
    change(this.emulator);
    this.history.noteChange(subject);
  }

  /** The time of AWS, which the program's clocks may be off. */
  #nowMs(): number {
    return FakeClock.START + this.#clock.passedMs;
  }

  async #answer(request: WireRequest): Promise<WireReply> {
    this.activity += 1;
    const parsed = parsedCall(request);
    const { service, operation } = parsed;
    const isOfCache = headerOf(request, HOP_HEADER) === undefined;
    const isSingle = SINGLE.has(operation);
    const call = this.calls.begin({ service, isOfCache, isSingle }, keysIn(parsed));
    // Before anything is awaited: the same seed gives the same run.
    const [fault, toMs, backMs] = [this.#faultOf(operation), this.#travelMs(), this.#travelMs()];
    await this.#pass(toMs);
    if (fault === 'unreachable') {
      this.calls.ended(call, 'lost');
      return CUT;
    }
    this.#plant(fault, `${service}:${operation}`);
    const subject = subjectIn(parsed, this.emulator);
    const reply = await this.emulator.answer(request);
    this.calls.executed(call);
    if (!READ.test(operation)) {
      const order = this.history.noteChange(subject);
      this.writes.set(headerOf(request, OPERATION_ID) ?? '', order);
    }
    await this.#pass(backMs);
    this.calls.ended(call, endingOf(reply));
    this.activity += 1;
    // The program corrects its signing time by the dates of responses.
    return { ...reply, headers: { ...reply.headers, Date: new Date(this.#nowMs()).toUTCString() } };
  }

  #faultOf(operation: string): Weather {
    if (this.#chance.oneIn(150)) return this.#chance.pick(WEATHERS);
    const mayFail = this.#weather !== 'calm' && (READ.test(operation) || this.#chance.oneIn(3));
    return mayFail && !this.#chance.oneIn(6) ? this.#weather : 'calm';
  }

  #travelMs(): number {
    if (this.#weather === 'slow' && this.#chance.oneIn(4)) return this.#chance.between(400, SLOW_MS);
    if (this.#chance.oneIn(8)) return this.#chance.between(TRAVEL_MS, LONG_TRAVEL_MS);
    return this.#chance.oneIn(3) ? 1 : this.#chance.between(1, TRAVEL_MS);
  }

  #plant(fault: Weather, action: string): void {
    const { faults } = this.emulator;
    if (fault === 'throttled') {
      faults.failNext(1, { type: 'ThrottlingException', message: 'Rate exceeded' }, action);
    } else if (fault === 'errors') {
      faults.failNext(1, this.#chance.oneIn(2) ? { type: 'InternalServerError', status: 500 } : {}, action);
    } else if (fault === 'cut') {
      faults.cutNext(1, this.#chance.oneIn(2) ? 'before-answer' : 'within-answer', action);
    }
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(ms, resolve);
    });
  }
}

const parsedCall = (request: WireRequest): ParsedCall => {
  const [prefix, operation = ''] = (headerOf(request, 'x-amz-target') ?? '').split('.');
  return {
    service: prefix === 'AmazonSSM' ? 'ssm' : 'secretsmanager',
    operation,
    input: JSON.parse(request.body.toString()),
  };
};

/** One text for all reads of the same entry. */
export const parameterReadKey = (name: string, withDecryption: boolean): string =>
  `${withDecryption} ${name}`;
export const secretReadKey = (id: string, versionId = '', stage = ''): string =>
  [id, versionId, stage].join(' ');

/** The same for all pages of a path. */
export const pageReadKey = (path: string): string => `page ${path}`;

const textsIn = (list: unknown): readonly string[] => (Array.isArray(list) ? list.map(String) : []);
const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const keysIn = ({ operation, input }: ParsedCall): readonly string[] => {
  const withDecryption = input.WithDecryption === true;
  switch (operation) {
    case 'GetParameter':
      return [parameterReadKey(String(input.Name), withDecryption)];
    case 'GetParameters':
      return textsIn(input.Names).map((name) => parameterReadKey(name, withDecryption));
    case 'GetSecretValue':
      return [secretReadKey(String(input.SecretId), textIn(input.VersionId), textIn(input.VersionStage))];
    case 'BatchGetSecretValue':
      // The cache reads the stage by either name with this operation.
      return textsIn(input.SecretIdList).flatMap((id) => [
        secretReadKey(id),
        secretReadKey(id, '', 'AWSCURRENT'),
      ]);
    case 'GetParametersByPath':
      return [pageReadKey(String(input.Path))];
    default:
      return [];
  }
};

/** The parameter or secret that an operation writes. */
const subjectIn = ({ service, input }: ParsedCall, { secrets }: AwsEmulator): string => {
  if (service === 'ssm') return parameterSubject(String(input.Name).replace(/^arn:.*:parameter\//, ''));
  const id = String(input.SecretId ?? input.Name);
  const name = SECRETS.find((each) => each === id || id.startsWith(secrets.partialArnOf(each)));
  return secretSubject(name ?? id);
};

/** Absences are answers. */
const ABSENCES = /ParameterNotFound|ParameterVersionNotFound|ResourceNotFoundException/;

const endingOf = ({ status, body, cut }: WireReply): CallEnding => {
  if (cut !== undefined) return 'lost';
  if (status >= 500) return 'failed';
  const text = String(body);
  if (status === 200 || ABSENCES.test(text)) return 'answered';
  return text.includes('ThrottlingException') ? 'throttled' : 'refused';
};
