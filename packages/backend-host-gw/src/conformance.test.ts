import { planConformance } from '@poplin/backend-conformance';
import { hostGw } from './backend.js';

planConformance({ backend: hostGw, packageName: '@poplin/backend-host-gw' });
