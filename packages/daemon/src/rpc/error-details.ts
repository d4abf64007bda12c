import { Metadata, type StatusObject } from '@grpc/grpc-js';
import { CniError, ErrorInfo, Status } from '@poplin/api';
import { describeError, isPoplinError } from '@poplin/net';
import { isCniFailure } from './cni-failure.js';
import { statusCodeOf } from './status-code.js';

/** Who defines the reasons in an ErrorInfo. */
const domain = 'poplin.dev';

/** Trailer with the rich error; a name that generic gRPC tools know. */
const trailer = 'grpc-status-details-bin';

/**
 * Longest text in a trailer, bytes of UTF-8. A text occurs up to four times in the trailers of one call, three of
 * them in base64 and one percent-encoded, and gRPC's C core takes 16 KiB of metadata.
 */
const maxBytes = 1500;

/**
 * The end of a call that failed: gRPC status, message with its remedy, and in the trailer
 * `grpc-status-details-bin` a google.rpc.Status with an ErrorInfo and, for a CNI failure, a CniError.
 */
export function failureStatus(error: unknown): StatusObject {
  const code = statusCodeOf(error);
  const message = clipped(describeError(error));
  const details = [any('google.rpc.ErrorInfo', ErrorInfo.encode(errorInfo(error)).finish())];
  if (isCniFailure(error)) {
    const { cniCode, details: more } = error;
    const cni = { code: cniCode, msg: message, details: clipped(more) };
    details.push(any('poplin.cni.v1.CniError', CniError.encode(cni).finish()));
  }
  const metadata = new Metadata();
  metadata.set(trailer, Buffer.from(Status.encode({ code, message, details }).finish()));
  return { code, details: message, metadata };
}

function errorInfo(error: unknown): ErrorInfo {
  if (!isPoplinError(error)) return { reason: 'INTERNAL', domain, metadata: {} };
  const metadata: Record<string, string> = { retryable: String(error.retryable) };
  if (error.remedy !== undefined) metadata.remedy = clipped(error.remedy);
  return { reason: error.code, domain, metadata };
}

function any(type: string, value: Uint8Array): { typeUrl: string; value: Buffer } {
  return { typeUrl: `type.googleapis.com/${type}`, value: Buffer.from(value) };
}

/** A text that fits into a trailer. Half a surrogate pair, which grpc-js cannot encode and hangs on, becomes U+FFFD. */
function clipped(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return bytes.toString();
  // The cut may fall inside a character, which decodes to U+FFFD.
  return `${bytes
    .subarray(0, maxBytes)
    .toString()
    .replace(/\uFFFD+$/, '')}…`;
}
