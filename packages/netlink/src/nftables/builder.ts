/** What a ruleset is put together from: expressions, statements, and tables as a whole. */
export * from './expressions.js';
export * from './statements.js';
export { emptyTable } from './table.js';
