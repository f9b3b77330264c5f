/** What a function found that reads an order by the AWS SDK, raises it by one, and reads it once more. */
export interface SdkFindings {
  /** Before the raise. */
  readonly reads: number;
  /** The median of those. */
  readonly medianMs: number;
  /** The total of the order before the raise, and after it. */
  readonly before: number;
  readonly after: number;
}
