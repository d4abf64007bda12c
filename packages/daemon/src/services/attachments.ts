import {
  type ListAttachmentsRequest,
  ListAttachmentsResponse,
  type SetBandwidthRequest,
  SetBandwidthResponse,
} from '@poplin/api';
import { keyText } from '../attachment/identity.js';
import type { AttachmentBook } from '../attachment-service/book.js';
import { limitsOf } from '../attachment-service/limits.js';
import { resolveAttachment } from '../attachment-service/resolve.js';
import { attachmentMessage } from './attachment-message.js';
import { compareTexts, pageOf } from './page.js';

/** The handlers of poplin.node.v1.AttachmentService. */
export function attachmentService(book: AttachmentBook) {
  return {
    async listAttachments(request: ListAttachmentsRequest): Promise<ListAttachmentsResponse> {
      const views = [...book.list()].sort((a, b) => compareTexts(keyText(a), keyText(b)));
      const page = pageOf(views, keyText, compareTexts, request);
      return ListAttachmentsResponse.create({
        attachments: page.items.map(attachmentMessage),
        nextPageToken: page.nextPageToken,
      });
    },
    async setBandwidth(request: SetBandwidthRequest): Promise<SetBandwidthResponse> {
      const limits = limitsOf(request.bandwidth);
      const { containerId, ifname } = resolveAttachment(book.list(), request);
      const attachment = await book.setBandwidth({ containerId, ifname }, limits);
      return SetBandwidthResponse.create({ attachment: attachmentMessage(attachment) });
    },
  };
}
