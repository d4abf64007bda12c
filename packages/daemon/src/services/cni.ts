import {
  type AddRequest,
  AddResponse,
  type CheckResponse,
  type DelRequest,
  DelResponse,
  type GcResponse,
  StatusResponse,
} from '@poplin/api';
import type { Attachments } from '../attachment/attachments.js';
import { CniFailure, type RpcContext } from '../rpc/index.js';
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
    async check(): Promise<CheckResponse> {
      throw new CniFailure(4, 'CNI_COMMAND CHECK is not supported yet');
    },
    async status(): Promise<StatusResponse> {
      return StatusResponse.create();
    },
    async gc(): Promise<GcResponse> {
      throw new CniFailure(4, 'CNI_COMMAND GC is not supported yet');
    },
  };
}
