export { FailPointError, type FailPointErrorCode } from './error.js';
export { armFailPoint, failHere, failsAt } from './fail-point.js';
export { type FailPointName, failPointNames } from './names.js';
export { type FailPointSetting, failPointVariable, parseFailPoint } from './setting.js';
