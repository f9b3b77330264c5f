import { AskedValues } from './asked-values.ts';
import {
  type AskedValue,
  type ListedParameter,
  type ListedSecret,
  type Told,
  textOfValue,
  toldByEndpoint,
  toldByExtension,
  toldByRoute,
} from './model-reads.ts';
import type { ModelParts } from './model-writer.ts';
import { PARAMETERS, pageReadKey } from './modelled-aws.ts';
import type { ModelAnswer } from './program-under-model.ts';
import type { ReadStart, Wish } from './read-judge.ts';

/** How a client reads one value. */
interface Reading {
  readonly how: string;
  readonly asked: AskedValue;
  readonly wish: Wish;
  readonly send: () => Promise<ModelAnswer>;
  readonly told: (answer: ModelAnswer) => Told;
  /** An answer of this version must be from a refresh. */
  readonly unlessVersion?: string | undefined;
}

type Service = 'ssm' | 'secretsmanager';

const PATHS = ['/app', '/app/deep'] as const;

/** Reads values in all ways that the program offers, and has what it is answered judged. */
export class ModelReader {
  readonly #parts: ModelParts;
  readonly #asked: AskedValues;
  /** The last version that a client was told, by entry. */
  readonly #versions = new Map<string, string>();
  /** Reads that got neither a value nor an absence. */
  failures = 0;

  constructor(parts: ModelParts) {
    this.#parts = parts;
    this.#asked = new AskedValues(parts.chance, parts.aws);
  }

  /** Reads something in some way. Resolves when it was answered. */
  read(): Promise<void> {
    const { chance } = this.#parts;
    const how = chance.below(20);
    if (how < 7) return this.#readRoute();
    if (how < 12) return this.#readExtension();
    if (how < 16) return this.#readEndpoint();
    if (how < 17) return this.#readParameters();
    if (how < 18) return this.#readSecrets();
    return this.#readPath();
  }

  #readRoute(): Promise<void> {
    const { chance, program } = this.#parts;
    const wish = chance.oneIn(30) ? 'now' : 'any';
    const reading = (how: string, asked: AskedValue, query: Query): Promise<void> => {
      const target = `${how}?${queryText(query)}`;
      const send = () => program.get(target, wish === 'now' ? 'no-cache' : undefined);
      return this.#read({ how, asked, wish, send, told: toldByRoute });
    };
    if (chance.oneIn(2)) {
      const asked = this.#asked.parameter();
      const { spelled: name, selector, withDecryption } = asked;
      return reading('/parameters', asked, { name, ...selectedBy(selector), withDecryption });
    }
    const asked = this.#asked.secret();
    const { versionId, stage } = asked.query;
    return reading('/secrets', asked, { id: asked.spelled, versionId, stage });
  }

  #readExtension(): Promise<void> {
    const { chance, program } = this.#parts;
    const reading = (how: string, asked: AskedValue, query: Query): Promise<void> => {
      const refreshNow = chance.oneIn(20) ? true : undefined;
      const unlessVersion = refreshNow && chance.oneIn(2) ? this.#versions.get(asked.key) : undefined;
      const target = `${how}?${queryText({ ...query, refreshNow, unlessVersion })}`;
      return this.#read({
        how,
        asked,
        wish: refreshNow !== undefined && unlessVersion === undefined ? 'now' : 'any',
        send: () => program.getFromExtension(target),
        told: toldByExtension,
        unlessVersion,
      });
    };
    if (chance.oneIn(2)) {
      const asked = this.#asked.parameter();
      const { spelled: name, selector, withDecryption } = asked;
      const query = { name, ...selectedBy(selector), withDecryption };
      return reading('/systemsmanager/parameters/get', asked, query);
    }
    const asked = this.#asked.secret();
    const { versionId, stage: versionStage } = asked.query;
    return reading('/secretsmanager/get', asked, { secretId: asked.spelled, versionId, versionStage });
  }

  #readEndpoint(): Promise<void> {
    const { chance } = this.#parts;
    const reading = (service: Service, how: string, asked: AskedValue, input: object): Promise<void> => {
      const send = () => this.#operate(service, how, input);
      return this.#read({ how, asked, wish: 'any', send, told: toldByEndpoint });
    };
    if (chance.oneIn(2)) {
      const asked = this.#asked.parameter();
      const input = { Name: selectedName(asked), WithDecryption: asked.withDecryption };
      return reading('ssm', 'GetParameter', asked, input);
    }
    const asked = this.#asked.secret();
    const { versionId, stage } = asked.query;
    const input = { SecretId: asked.spelled, VersionId: versionId, VersionStage: stage };
    return reading('secretsmanager', 'GetSecretValue', asked, input);
  }

  async #read({ how, asked, wish, send, told, unlessVersion }: Reading): Promise<void> {
    const { judge } = this.#parts;
    const began = judge.begin();
    const received = await send();
    const answer = told(received);
    if (answer === 'failed') {
      this.failures += 1;
      return;
    }
    const { query, key } = asked;
    const isSameVersion =
      answer !== 'absent' && unlessVersion !== undefined && answer.version === unlessVersion;
    const { age } = received.headers;
    const ofAge = age === undefined ? {} : { ageSeconds: Number(age) };
    const read = { how, query, key, began, wish: isSameVersion ? 'anew' : wish, ...ofAge } as const;
    judge.judge(read, answer === 'absent' ? undefined : answer.text);
    if (answer !== 'absent' && answer.version !== undefined) this.#versions.set(key, answer.version);
  }

  /** Several parameters at once. */
  async #readParameters(): Promise<void> {
    const { chance } = this.#parts;
    const WithDecryption = chance.oneIn(2);
    const asked = distinct(
      Array.from({ length: chance.between(1, 4) }, () => this.#asked.parameter()).filter(
        ({ withDecryption }) => withDecryption === WithDecryption,
      ),
    );
    if (asked.length === 0) return;
    const Names = asked.map(selectedName);
    await this.#readSeveral('ssm', 'GetParameters', { Names, WithDecryption }, (text, told) => {
      const answer: { Parameters: readonly ListedParameter[]; InvalidParameters: readonly string[] } =
        JSON.parse(text);
      for (const each of asked) {
        const name = selectedName(each);
        const found = answer.Parameters.find(({ Name, ARN, Selector = '' }) =>
          [Name + Selector, ARN + Selector].includes(name),
        );
        if (found !== undefined) told(each, textOfValue(found));
        else if (answer.InvalidParameters.includes(name)) told(each, undefined);
      }
    });
  }

  /** Several secrets at once. */
  async #readSecrets(): Promise<void> {
    const { chance } = this.#parts;
    const asked = distinct(Array.from({ length: chance.between(1, 3) }, () => this.#asked.currentSecret()));
    const input = { SecretIdList: asked.map(({ spelled }) => spelled) };
    await this.#readSeveral('secretsmanager', 'BatchGetSecretValue', input, (text, told) => {
      const answer: {
        SecretValues: readonly ListedSecret[];
        Errors: readonly { readonly SecretId: string; readonly ErrorCode: string }[];
      } = JSON.parse(text);
      for (const each of asked) {
        const { spelled } = each;
        const found = answer.SecretValues.find(
          ({ Name, ARN }) => Name === spelled || ARN === spelled || ARN.slice(0, -7) === spelled,
        );
        const error = answer.Errors.find(({ SecretId }) => SecretId === spelled);
        if (found !== undefined) told(each, textOfValue(found));
        else if (error?.ErrorCode === 'ResourceNotFoundException') told(each, undefined);
      }
    });
  }

  async #readSeveral(
    service: Service,
    how: string,
    input: object,
    take: (text: string, told: (asked: AskedValue, shown: string | undefined) => void) => void,
  ): Promise<void> {
    const { judge } = this.#parts;
    const began = judge.begin();
    const { status, text } = await this.#operate(service, how, input);
    if (status === 200) {
      take(text, ({ query, key }, shown) => judge.judge({ how, query, key, wish: 'any', began }, shown));
    } else this.failures += 1;
  }

  /** All pages of a path: what they do not list is absent. */
  async #readPath(): Promise<void> {
    const { chance, judge } = this.#parts;
    const Path = chance.pick([...PATHS]);
    const WithDecryption = chance.oneIn(2);
    const MaxResults = chance.oneIn(2) ? 2 : 10;
    const began = judge.begin();
    const found = new Map<string, { readonly shown: string; readonly began: ReadStart }>();
    let NextToken: string | undefined;
    do {
      const ofPage = judge.begin();
      const input = { Path, Recursive: true, WithDecryption, MaxResults, NextToken };
      const { status, text } = await this.#operate('ssm', 'GetParametersByPath', input);
      if (status !== 200) {
        this.failures += 1;
        return;
      }
      const page: { Parameters: readonly ListedParameter[]; NextToken?: string } = JSON.parse(text);
      for (const each of page.Parameters) found.set(each.Name, { shown: textOfValue(each), began: ofPage });
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    for (const name of PARAMETERS.filter((each) => `/${each}`.startsWith(`${Path}/`))) {
      const listed = found.get(`/${name}`);
      judge.judge(
        {
          how: `GetParametersByPath for ${name}`,
          query: { kind: 'parameter', name, selector: undefined, withDecryption: WithDecryption },
          key: pageReadKey(Path),
          wish: 'page',
          began: listed?.began ?? began,
        },
        listed?.shown,
      );
    }
  }

  #operate(service: Service, operation: string, input: object): Promise<ModelAnswer> {
    return this.#parts.program.operate(service, operation, input);
  }
}

type Query = Readonly<Record<string, string | boolean | undefined>>;

const queryText = (query: Query): string =>
  Object.entries(query)
    .flatMap(([name, value]) => (value === undefined ? [] : `${name}=${encodeURIComponent(value)}`))
    .join('&');

const selectedBy = (selector: string | undefined): Query => {
  if (selector === undefined) return {};
  return /^\d+$/.test(selector) ? { version: selector } : { label: selector };
};

const selectedName = ({ spelled, selector }: AskedValue): string =>
  selector === undefined ? spelled : `${spelled}:${selector}`;

/** Leaves out further spellings of one value: the answer does not say which of them it is for. */
const distinct = <Asked extends AskedValue>(asked: readonly Asked[]): readonly Asked[] => [
  ...new Map(asked.map((each) => [`${each.query.name} ${each.selector}`, each])).values(),
];
