/** Node's own HTTP. Imported as a module it would bring Node's web client along: 40 ms of every start of the daemon. */
export const { Agent, createServer, request, ServerResponse } = process.getBuiltinModule('node:http')
