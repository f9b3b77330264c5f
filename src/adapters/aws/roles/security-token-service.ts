import { SourceRefusedError } from '../../../domain/cache/errors.ts';
import type { AssumedRole } from '../../../domain/iam/assumed-role.ts';
import type { WholeRequest } from '../aws-client.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { LazyAwsClient, type LazyAwsClientParts, UNSIGNED_HEADERS } from '../lazy-aws-client.ts';
import {
  asUpstreamError,
  ServiceError,
  serviceFailure,
  UnusableAnswerError,
  type WholeAnswer,
} from '../service-errors.ts';

export interface SecurityTokenServiceParts extends Omit<LazyAwsClientParts, 'label' | 'maxConnections'> {
  /** The region whose endpoint of STS is called: that of the function. */
  readonly region?: string | undefined;
  /** Name of the sessions of roles that name none. */
  readonly sessionName: string;
}

const LABEL = { name: 'STS', endpointSetting: 'CACHE_EXTENSION_STS_ENDPOINT' };
const API_VERSION = '2011-06-15';

/** The longest session of a role that was assumed with the credentials of another role, as those of a function are. */
const DURATION_SECONDS = 3600;

/** Many times the size of an answer. */
const MAX_ANSWER_BYTES = 65_536;

/** Hints for refusals, by error name. Each begins with the name, which people look up. */
const HINTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AccessDenied:
      "the function's role needs sts:AssumeRole on the role, and the trust policy of the role must name the function's role and the externalId, if it asks for one",
    ExpiredToken: "the function's credentials have expired",
    InvalidClientTokenId: "the function's credentials were rejected",
    RegionDisabledException: 'activate STS for this region in the account of the role',
    SignatureDoesNotMatch: 'the signature was rejected, check credentials and region',
    ValidationError: 'check roleArn, externalId and sessionName',
  }).map(([name, hint]) => [name, `${name}; ${hint}`]),
);

/** Calls AWS STS in its query protocol. */
export class SecurityTokenService {
  readonly #parts: SecurityTokenServiceParts;
  readonly #client: LazyAwsClient;

  constructor(parts: SecurityTokenServiceParts) {
    this.#parts = parts;
    this.#client = new LazyAwsClient({ ...parts, label: LABEL });
  }

  /**
   * Assumes a role with the credentials of the function.
   *
   * @throws {CacheError} by rejection, with the ARN of the role and the name of the error of STS
   */
  async assumeRole(
    { roleArn, externalId, sessionName }: AssumedRole,
    signal: AbortSignal,
  ): Promise<Credentials> {
    const { region } = this.#parts;
    if (region === undefined)
      throw new SourceRefusedError(
        `the role ${roleArn} cannot be assumed, because the region of STS is unknown: set AWS_REGION`,
      );
    const parameters = new URLSearchParams({
      Action: 'AssumeRole',
      Version: API_VERSION,
      RoleArn: roleArn,
      RoleSessionName: sessionName ?? this.#parts.sessionName,
      DurationSeconds: String(DURATION_SECONDS),
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    });
    try {
      return await this.#ask({ region, body: Buffer.from(parameters.toString()), signal });
    } catch (error) {
      const subject = `AssumeRole of ${roleArn}`;
      const permission = 'sts:AssumeRole on the role';
      throw serviceFailure(asUpstreamError(error), {
        service: LABEL.name,
        subject,
        permission,
        hints: HINTS,
        signal,
      });
    } finally {
      // The next call is most of an hour away.
      this.#client.closeIdle();
    }
  }

  async #ask(call: Pick<WholeRequest, 'region' | 'body' | 'signal'>): Promise<Credentials> {
    const askedAt = this.#parts.clock.now();
    const response = await this.#client.sendWhole({
      ...call,
      service: 'sts',
      operation: 'AssumeRole',
      headers: [['content-type', 'application/x-www-form-urlencoded; charset=utf-8']],
      unsignedHeaders: UNSIGNED_HEADERS,
      maxWholeBytes: MAX_ANSWER_BYTES,
    });
    const credentials = credentialsFrom(response, askedAt);
    // They expired in a freeze.
    if (credentials.expiration.getTime() <= this.#parts.clock.now())
      throw new UnusableAnswerError(response.status);
    return credentials;
  }
}

const CREDENTIALS = 'AssumeRoleResponse/AssumeRoleResult/Credentials/';

/**
 * Reads the answer to `AssumeRole` (STS, query protocol).
 *
 * @param askedAt local wall time of the request; the expiration is in the same time
 * @throws {ServiceError} if STS refused or failed the call
 * @throws {UnusableAnswerError} if the answer is not one of STS. Neither error quotes the answer.
 */
const credentialsFrom = (answer: WholeAnswer, askedAt: number): Credentials => {
  const { status, headers, body } = answer;
  const texts = xmlTexts(new TextDecoder().decode(body));
  if (status !== 200) throw failureOf(status, texts);
  const accessKeyId = matching(texts, 'AccessKeyId', /^\w{16,128}$/);
  const secretAccessKey = matching(texts, 'SecretAccessKey', /^[!-~]{1,256}$/);
  // Becomes a header of each call.
  const sessionToken = matching(texts, 'SessionToken', /^[!-~]{1,32768}$/);
  const expiration = Date.parse(matching(texts, 'Expiration', DATE) ?? '');
  const isComplete = accessKeyId !== undefined && secretAccessKey !== undefined && sessionToken !== undefined;
  // The local clock may be wrong: the lifetime is the difference of two times of STS.
  const answeredAt = Date.parse(headers.date ?? '');
  const lifetimeMs = expiration - (Number.isNaN(answeredAt) ? askedAt : answeredAt);
  if (!isComplete || !(lifetimeMs > 0 && lifetimeMs <= LONGEST_LIFETIME_MS))
    throw new UnusableAnswerError(status);
  return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(askedAt + lifetimeMs) };
};

/** STS issues credentials for 12 hours at most, and `Date` has whole seconds. */
const LONGEST_LIFETIME_MS = 12 * 3_600_000 + 1_000;

/** ISO 8601 in UTC, as STS writes it. */
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

const matching = (
  texts: ReadonlyMap<string, string> | undefined,
  name: string,
  form: RegExp,
): string | undefined => form.exec(texts?.get(CREDENTIALS + name) ?? '')?.[0];

const failureOf = (status: number, texts: ReadonlyMap<string, string> | undefined): Error => {
  const code = /^[\w.]{1,128}$/.exec(texts?.get('ErrorResponse/Error/Code') ?? '')?.[0];
  return code === undefined || status < 400
    ? new UnusableAnswerError(status)
    : new ServiceError(code, status);
};

/**
 * The texts of the elements of an XML document that contain no elements, by path such as `Answer/Result/Id`. Reads the XML
 * that services of AWS write. Undefined for malformed XML, and for what they do not write: comments, CDATA, instructions,
 * declarations of types, texts between elements, and two elements with one path.
 */
export const xmlTexts = (xml: string): ReadonlyMap<string, string> | undefined => {
  const texts = new Map<string, string>();
  const open: OpenElement[] = [];
  let isEnded = false;
  TOKEN.lastIndex = DECLARATION.exec(xml)?.[0].length ?? 0;
  while (TOKEN.lastIndex < xml.length) {
    const { text, closed, opened, isEmpty } = nextToken(xml);
    const inner = open.at(-1);
    if (text !== undefined) {
      if (inner === undefined ? text.trim() !== '' : !isAppended(inner, text)) return undefined;
    } else if (closed !== undefined) {
      if (inner?.name !== closed || !isAdded(texts, inner)) return undefined;
      open.pop();
      isEnded = open.length === 0;
    } else if (opened === undefined || isEnded) {
      return undefined;
    } else {
      if (inner !== undefined) inner.hasElements = true;
      const path = inner === undefined ? opened : `${inner.path}/${opened}`;
      const element = { name: opened, path, text: '', hasElements: false };
      if (!isEmpty) open.push(element);
      else if (!isAdded(texts, element)) return undefined;
      isEnded = open.length === 0;
    }
  }
  return isEnded ? texts : undefined;
};

interface OpenElement {
  readonly name: string;
  readonly path: string;
  text: string;
  hasElements: boolean;
}

const DECLARATION =
  /^<\?xml version=["']1\.0["'](?: encoding=["'][\w-]+["'])?(?: standalone=["']\w+["'])? ?\?>/;

const NAME = String.raw`[A-Za-z_][\w.-]*`;
const ATTRIBUTE = String.raw`\s+[A-Za-z_][\w:.-]*=(?:"[^"<]*"|'[^'<]*')`;

/** A text, the end of an element, or its beginning. */
const TOKEN = new RegExp(
  String.raw`(?<text>[^<]+)|</(?<closed>${NAME})\s*>|<(?<opened>${NAME})(?:${ATTRIBUTE})*\s*(?<empty>/?)>`,
  'y',
);

interface XmlToken {
  readonly text?: string | undefined;
  readonly closed?: string | undefined;
  readonly opened?: string | undefined;
  readonly isEmpty?: boolean;
}

/** Without any member if no token begins here. */
const nextToken = (xml: string): XmlToken => {
  const { text, closed, opened, empty } = TOKEN.exec(xml)?.groups ?? {};
  return { text, closed, opened, isEmpty: empty === '/' };
};

const isAppended = (element: OpenElement, text: string): boolean => {
  const plain = text.includes('&') ? withoutReferences(text) : text;
  if (plain === undefined) return false;
  element.text += plain;
  return true;
};

const isAdded = (texts: Map<string, string>, { path, text, hasElements }: OpenElement): boolean => {
  if (hasElements) return text.trim() === '';
  if (texts.has(path)) return false;
  texts.set(path, text);
  return true;
};

const REFERENCE = /&(?:(?<name>lt|gt|amp|quot|apos)|#(?<decimal>\d{1,7})|#x(?<hex>[\dA-Fa-f]{1,6}));|&/g;

const CHARACTERS: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const withoutReferences = (text: string): string | undefined => {
  let isReadable = true;
  const plain = text.replaceAll(REFERENCE, (_, name?: string, decimal?: string, hex?: string) => {
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    const character = name === undefined ? characterOf(code) : CHARACTERS[name];
    isReadable &&= character !== undefined;
    return character ?? '';
  });
  return isReadable ? plain : undefined;
};

/** Undefined if the code is not one of a character in XML. */
const characterOf = (code: number): string | undefined => {
  const isCharacter =
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
};
