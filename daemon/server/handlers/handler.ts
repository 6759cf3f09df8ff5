import type { MethodName, ParamsOf, ResultOf } from '#protocol/methods.ts'
import type { Caller } from '../caller.ts'

/** Carries out one request whose params were parsed. Throws `ProtocolError` for expected trouble; anything else is a bug. */
export type Handler<M extends MethodName> = (params: ParamsOf<M>, caller: Caller) => ResultOf<M> | Promise<ResultOf<M>>

/** A handler for each of these methods, one file per protocol file. */
export type Handlers<M extends MethodName> = { readonly [K in M]: Handler<K> }
