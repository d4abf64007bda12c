import { type AddRequest, AddResponse, type DelRequest, DelResponse } from '@poplin/api';
import type { Attachments } from '../attachment/attachments.js';
import type { RpcContext } from '../rpc/index.js';
import { cniFailureOf } from './cni-code.js';

/** The handlers of poplin.cni.v1.CniService. Every failure of theirs carries a CniError. */
export function cniService(attachments: Attachments) {
  return {
    async add(request: AddRequest, { signal }: RpcContext): Promise<AddResponse> {
      try {
        const result = await attachments.add(request, signal);
        return AddResponse.create({ result: Buffer.from(result) });
      } catch (error) {
        throw cniFailureOf(error);
      }
    },
    async del(request: DelRequest): Promise<DelResponse> {
      try {
        await attachments.del(request);
        return DelResponse.create();
      } catch (error) {
        throw cniFailureOf(error);
      }
    },
  };
}
