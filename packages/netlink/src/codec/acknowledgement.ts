import { decodeError, kernelError, NetlinkError } from '../error.js';
import { Attributes } from './attributes.js';
import { align4, littleEndian, viewOf } from './byte-order.js';
import { attributePathAt } from './locate.js';
import { HEADER_LENGTH, type Message, NLM_F, NLMSG } from './message.js';
import { type AttributePolicy, decodePolicy } from './policy.js';

/** Attributes of an extended ack (NLMSGERR_ATTR_*). */
const MSG = 1;
const OFFS = 2;
const POLICY = 4;
const MISS_TYPE = 5;

/** How the kernel ended a request: with 0, or with an error and maybe words about it. Plain data. */
export interface Acknowledgement {
  /** 0, or the error's number, positive. */
  readonly errno: number;
  /** The kernel's own words. */
  readonly kernelText?: string;
  /** Offset in the request of the attribute that it objects to, bytes. */
  readonly attributeOffset?: number;
  /** What the kernel takes for that attribute. */
  readonly policy?: AttributePolicy;
  /** Type of an attribute that it needs and did not find. */
  readonly missingAttribute?: number;
  /** It did not end as it should: the answer was dropped, or a dump found the tables changing under it every time. */
  readonly fault?: 'lost' | 'interrupted';
}

/** The one that says that all went well. */
export const success: Acknowledgement = { errno: 0 };

/**
 * Reads an NLMSG_ERROR message or an NLMSG_DONE that closes a dump.
 *
 * @throws {NetlinkError} DECODE when it is too short or its attributes are cut.
 */
export function decodeAcknowledgement(message: Message): Acknowledgement {
  const { body, flags, type } = message;
  if (type === NLMSG.DONE && body.length < 4) return success;
  if (body.length < 4) throw decodeError('acknowledgement', `only ${body.length} bytes`);
  const result = viewOf(body).getInt32(0, littleEndian);
  // A dump that ends well may carry a count instead of a zero.
  if (type === NLMSG.DONE && result > 0) return success;
  const errno = Math.abs(result);
  if (!(flags & NLM_F.ACK_TLVS)) return { errno };
  const attributes = new Attributes('acknowledgement', body, attributesStart(message, errno));
  const kernelText = attributes.text(MSG);
  const attributeOffset = attributes.u32(OFFS);
  const policy = attributes.nested(POLICY);
  const missingAttribute = attributes.u32(MISS_TYPE);
  return {
    errno,
    ...(kernelText === undefined ? {} : { kernelText }),
    ...(attributeOffset === undefined ? {} : { attributeOffset }),
    ...(policy === undefined ? {} : { policy: decodePolicy(policy) }),
    ...(missingAttribute === undefined ? {} : { missingAttribute }),
  };
}

/** Where the attributes begin: behind the error, the request's header and, unless capped, the request itself. */
function attributesStart({ type, flags, body }: Message, errno: number): number {
  if (type === NLMSG.DONE) return 4;
  const withRequest = 4 + HEADER_LENGTH;
  if (body.length < withRequest) throw decodeError('acknowledgement', 'the request is cut off');
  if (flags & NLM_F.CAPPED || errno === 0) return withRequest;
  const requestLength = viewOf(body).getUint32(4, littleEndian);
  if (requestLength < HEADER_LENGTH || requestLength > body.length - 4) {
    throw decodeError('acknowledgement', `bad length ${requestLength} of the request in it`);
  }
  return 4 + align4(requestLength);
}

/** What {@link errorOf} wants to know of a request. */
export interface FailedRequest {
  readonly operation: string;
  readonly body?: Uint8Array;
  /** Length of the fixed header in the body, bytes. */
  readonly headerLength?: number;
}

/** The error for a request that ended so; `undefined` when it went well. */
export function errorOf(request: FailedRequest, ack: Acknowledgement): NetlinkError | undefined {
  const { operation } = request;
  switch (ack.fault) {
    case 'lost':
      return new NetlinkError('OVERFLOW', operation, "the kernel's answer got lost", {
        retryable: true,
        remedy: 'Read the state again: it is not known whether the request was carried out',
      });
    case 'interrupted':
      return new NetlinkError(
        'DUMP_INTERRUPTED',
        operation,
        'the tables changed during every attempt to read them',
        { retryable: true },
      );
    default:
      if (ack.errno === 0) return undefined;
      return kernelError(operation, ack.errno, { ...ack, ...attributePathOf(request, ack) });
  }
}

/** Which attribute of the request the kernel objects to, where both said enough. */
function attributePathOf(
  { body, headerLength }: FailedRequest,
  { attributeOffset }: Acknowledgement,
): { readonly attributePath?: readonly number[] } {
  if (attributeOffset === undefined || !body || headerLength === undefined) return {};
  const attributePath = attributePathAt(body, headerLength, attributeOffset - HEADER_LENGTH);
  return attributePath.length > 0 ? { attributePath } : {};
}
