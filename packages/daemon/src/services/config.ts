import {
  type ApplyConfigRequest,
  ApplyConfigResponse,
  type GetConfigRequest,
  GetConfigResponse,
} from '@poplin/api';
import type { ConfigStore } from '../cluster/config-store.js';
import { formatClusterConfig } from '../config/index.js';

/** The handlers of poplin.node.v1.ConfigService. */
export function configService(store: ConfigStore) {
  return {
    async getConfig(_request: GetConfigRequest): Promise<GetConfigResponse> {
      const { config, revision } = store.current;
      return GetConfigResponse.create({ document: formatClusterConfig(config), revision });
    },
    async applyConfig(request: ApplyConfigRequest): Promise<ApplyConfigResponse> {
      const { document, dryRun, expectedRevision } = request;
      const applied = await store.apply(document, dryRun, expectedRevision);
      return ApplyConfigResponse.create({
        document: formatClusterConfig(applied.config),
        revision: applied.revision,
        changed: applied.changedPaths.length > 0,
        changedPaths: [...applied.changedPaths],
      });
    },
  };
}
