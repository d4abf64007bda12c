import { planConformance } from '@poplin/backend-conformance';
import { vxlan } from './backend.js';

planConformance({ backend: vxlan, packageName: '@poplin/backend-vxlan' });
planConformance({ backend: vxlan, options: { vni: 7, port: 4789, direct: true } });
