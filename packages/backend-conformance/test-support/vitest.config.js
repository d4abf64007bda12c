export default { test: { include: ['*.conformance.js'] } };
