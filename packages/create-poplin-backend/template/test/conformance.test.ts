import { backendConformance } from '@poplin/backend-conformance';
import { backend } from '../src/index.js';

backendConformance({
  backend,
  entry: new URL('../dist/index.js', import.meta.url),
  packageName: '__PACKAGE__',
});
