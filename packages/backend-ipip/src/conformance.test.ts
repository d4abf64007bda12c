import { planConformance } from '@poplin/backend-conformance';
import { ipip } from './backend.js';

planConformance({ backend: ipip, packageName: '@poplin/backend-ipip' });
planConformance({ backend: ipip, options: { mode: 'cross-subnet' } });
