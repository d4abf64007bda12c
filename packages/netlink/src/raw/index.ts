/**
 * Netlink messages as bytes: for requests and objects that `@poplin/netlink` has no encoder or decoder of.
 *
 * @module
 */

export { AttributeWriter, NLA_F_NESTED } from '../codec/attribute-writer.js';
export { Attributes } from '../codec/attributes.js';
export { NLM_F } from '../codec/message.js';
export { decodePrefix } from '../codec/prefix.js';
export { encodeRequest, type RequestHead } from '../rtnetlink/encode-request.js';
export type { NetlinkRequest } from '../socket/request.js';
