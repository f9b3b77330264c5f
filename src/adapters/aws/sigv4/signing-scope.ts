/** The only kind of signature that is made and understood here. */
export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Where and when a signature holds. */
export interface SigningScope {
  /** Eight digits. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

/** The scope as it stands in an `Authorization` header and in what is signed. */
export const scopeText = ({ day, region, service }: SigningScope): string =>
  `${day}/${region}/${service}/aws4_request`;
