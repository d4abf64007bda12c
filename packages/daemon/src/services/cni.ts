import {
  type AddRequest,
  AddResponse,
  type CheckRequest,
  CheckResponse,
  type DelRequest,
  DelResponse,
  type GcRequest,
  GcResponse,
  type StatusRequest,
  StatusResponse,
} from '@poplin/api';
import type { Attachments } from '../attachment/attachments.js';
import type { Audit } from '../attachment/audit.js';
import { type CheckComponents, checkAttachment } from '../attachment/checker.js';
import { parseGcCall, parseStatusCall } from '../cni/index.js';
import type { CniFailure, RpcContext } from '../rpc/index.js';
import { cniFailureOf } from './cni-code.js';

/** What the handlers work with. */
export interface CniServiceComponents extends CheckComponents {
  readonly attachments: Attachments;
  readonly audit: Audit;
  /** Why an ADD would not be served just now. */
  readonly unreadiness: () => CniFailure | undefined;
}

/** The handlers of poplin.cni.v1.CniService. Every failure of theirs carries a CniError. */
export function cniService(parts: CniServiceComponents) {
  const { attachments, audit, unreadiness } = parts;
  return {
    add: answering(async (request: AddRequest, caller: RpcContext) => {
      const result = await attachments.add(request, caller);
      return AddResponse.create({ result: Buffer.from(result) });
    }),
    del: answering(async (request: DelRequest) => {
      await attachments.del(request);
      return DelResponse.create();
    }),
    check: answering(async (request: CheckRequest) => {
      await checkAttachment(parts, request);
      return CheckResponse.create();
    }),
    status: answering(async (request: StatusRequest) => {
      parseStatusCall(request);
      const reason = unreadiness();
      if (reason) throw reason;
      return StatusResponse.create();
    }),
    gc: answering(async (request: GcRequest) => {
      await attachments.sweep(parseGcCall(request));
      await audit.run();
      return GcResponse.create();
    }),
  };
}

function answering<Request, Response>(
  handle: (request: Request, context: RpcContext) => Promise<Response>,
): (request: Request, context: RpcContext) => Promise<Response> {
  return async (request, context) => {
    try {
      return await handle(request, context);
    } catch (error) {
      throw cniFailureOf(error);
    }
  };
}
