import { IpamError } from '@poplin/ipam';
import { NetlinkError } from '@poplin/netlink';
import { ReconcilerError } from '@poplin/reconciler';
import { expect, it } from 'vitest';
import { AttachmentError } from '../attachment/error.js';
import { CniCallError } from '../cni/index.js';
import { CniFailure, RpcError } from '../rpc/index.js';
import { cniFailureOf } from './cni-code.js';

it.each([
  [1, new CniCallError('INCOMPATIBLE_VERSION', 'x')],
  [2, new CniCallError('UNSUPPORTED_FIELD', 'x')],
  [3, new AttachmentError('UNKNOWN_ATTACHMENT', 'x')],
  [4, new CniCallError('INVALID_REQUEST', 'x')],
  [4, new AttachmentError('NETNS_UNUSABLE', 'x')],
  [6, new CniCallError('UNDECODABLE_CONFIG', 'x')],
  [7, new CniCallError('INVALID_NETWORK_CONFIG', 'x')],
  [7, new AttachmentError('INVALID_NETWORK_CONFIG', 'x')],
  [8, new AttachmentError('HOST_NETNS', 'x')],
  [11, new RpcError('DEADLINE_EXCEEDED', 'x')],
  [11, new RpcError('CANCELLED', 'x')],
  [11, new IpamError('ABORTED', 'x')],
  [11, new IpamError('CLOSED', 'x')],
  [11, new IpamError('CLAIM_FAILED', 'x')],
  [101, new AttachmentError('INTERFACE_EXISTS', 'x')],
  [102, new IpamError('POOL_EXHAUSTED', 'x')],
  [103, new IpamError('NO_POOL', 'x')],
  [104, new ReconcilerError('FOREIGN_OBJECT', 'x')],
  [105, new ReconcilerError('KERNEL_REFUSED', 'x')],
  [106, new AttachmentError('PORT_IN_USE', 'x')],
  [107, new AttachmentError('ATTACHMENT_DAMAGED', 'x')],
  [110, new AttachmentError('MTU_TOO_SMALL', 'x')],
  [108, new IpamError('ADDRESS_RESERVED', 'x')],
  [109, new IpamError('ADDRESS_IN_USE', 'x')],
  [109, new IpamError('ADDRESS_COOLING', 'x')],
])('has code %i for %o', (code, error) => {
  const failure = cniFailureOf(error);
  expect(failure).toMatchObject({ cniCode: code, code: error.code, details: error.code });
});

it("has code 105 for the kernel's no, whatever it is, and tells its words", () => {
  const refused = new NetlinkError('EOPNOTSUPP', 'add link pop1', 'no', { errno: 95 });
  const failure = cniFailureOf(refused);
  expect(failure.cniCode).toBe(105);
  expect(failure).toMatchObject({ msg: 'add link pop1: no', details: 'EOPNOTSUPP' });
});

it('has code 11 for what is not listed, where another attempt may succeed', () => {
  const missing = new ReconcilerError('LINK_MISSING', 'x', { retryable: true });
  expect(cniFailureOf(missing)).toMatchObject({ cniCode: 11, retryable: true });
});

it.each([new ReconcilerError('NOT_ALLOWED', 'x'), new Error('x'), new TypeError('y')])(
  'has code 999 for a defect: %o',
  (error) => {
    expect(cniFailureOf(error)).toMatchObject({ cniCode: 999, msg: error.message, cause: error });
  },
);

it('leaves a failure with a code of its own as it is', () => {
  const failure = new CniFailure(50, 'no address left');
  expect(cniFailureOf(failure)).toBe(failure);
});
