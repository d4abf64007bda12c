import { Attributes } from '../codec/attributes.js';
import { encodeRequest } from '../rtnetlink/encode-request.js';
import type { Executor } from '../socket/executor.js';
import { askOne } from '../socket/perform.js';
import type { NetlinkRequest } from '../socket/request.js';
import { decodeGenericCommand, encodeGenericHeader, GENLMSG_LENGTH } from './header.js';

/** Message type of the family that knows the others (GENL_ID_CTRL), its command, its attributes (CTRL_*). */
const CTRL = { ID: 0x10, GETFAMILY: 3, ATTR_FAMILY_ID: 1, ATTR_FAMILY_NAME: 2 } as const;

/** Asks for a family of generic netlink by its name. Same as `genl ctrl get name NAME`. */
export function familyGet(name: string): NetlinkRequest {
  const operation = `get family ${name} of generic netlink`;
  return encodeRequest(
    { type: CTRL.ID, flags: 0, operation },
    encodeGenericHeader(CTRL.GETFAMILY),
    (attributes) => attributes.text(CTRL.ATTR_FAMILY_NAME, name),
  );
}

/** Reads the number of a family: the message type of all that concerns it. @throws {NetlinkError} DECODE. */
export function decodeFamily(body: Uint8Array): number | undefined {
  decodeGenericCommand('generic family', body);
  return new Attributes('generic family', body, GENLMSG_LENGTH).u16(CTRL.ATTR_FAMILY_ID);
}

/** The number of a family. @throws {NetlinkError} ENOENT when the kernel has none of the name. */
export async function familyNumberOf(executor: Executor, name: string): Promise<number> {
  return askOne(executor, familyGet(name), decodeFamily);
}
