/** google.protobuf.Timestamp of a moment in ISO 8601; `undefined` for a text that is none. */
export function timestampOf(iso: string): { seconds: bigint; nanos: number } | undefined {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return undefined;
  const seconds = Math.floor(ms / 1000);
  return { seconds: BigInt(seconds), nanos: (ms - seconds * 1000) * 1_000_000 };
}
