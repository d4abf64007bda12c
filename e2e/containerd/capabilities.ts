import { withOptions } from './network-config.js';

/** Everything that docs/cni.md says that a runtime may send. */
export const capabilities = {
  portMappings: true,
  bandwidth: true,
  dns: true,
  ips: true,
  mac: true,
  'io.kubernetes.cri.pod-annotations': true,
};

/** Poplin's entry of a network configuration with all of them. */
export const capable = withOptions({ capabilities });
