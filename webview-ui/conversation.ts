import type { LoggedEvent } from '#protocol/event.ts'
import type { PayloadOf, ResultOf } from '#protocol/methods.ts'
import type { SessionState } from '#protocol/session.ts'
import { reduce } from '#protocol/sessionState.ts'
import { append, emptyTranscript, grow, prepend, setLive, type Transcript, trim } from './transcript.ts'

/** One session as the page holds it: the reducer's state, and the loaded end of its log. Values only. */
export interface Conversation {
  readonly id: string
  readonly state: SessionState
  readonly transcript: Transcript
  /** The log has entries before the loaded ones. */
  readonly hasEarlier: boolean
}

type Subscribed = ResultOf<'session/subscribe'>

/** What a subscription answered, joined to what was held before where it goes on from there. */
export function joined(held: Conversation | null, id: string, answer: Subscribed): Conversation {
  const goesOn = held?.id === id && !answer.gap && held.state.seq <= answer.state.seq
  const fresh = goesOn ? answer.events.filter(({ seq }) => seq > held.state.seq) : answer.events
  const transcript = append(goesOn ? held.transcript : emptyTranscript, fresh)
  return {
    id,
    state: answer.state,
    transcript: setLive(transcript, answer.live),
    hasEarlier: goesOn ? held.hasEarlier : answer.hasEarlier,
  }
}

/** Takes in new events. Null: some are missing in between, subscribe anew. */
export function withEvents(held: Conversation, events: readonly LoggedEvent[]): Conversation | null {
  const fresh = events.filter(({ seq }) => seq > held.state.seq)
  if (fresh.length === 0) return held
  if (fresh[0]!.seq !== held.state.seq + 1) return null
  return { ...held, state: fresh.reduce(reduce, held.state), transcript: append(held.transcript, fresh) }
}

/** Takes in live text. Null: some is missing, subscribe anew. */
export function withLive(held: Conversation, delta: PayloadOf<'session/live'>): Conversation | null {
  const transcript = grow(held.transcript, delta)
  return transcript && { ...held, transcript }
}

/** Puts an earlier page of the log in front. */
export function withEarlier(held: Conversation, page: ResultOf<'session/history'>): Conversation {
  return { ...held, transcript: prepend(held.transcript, page.events), hasEarlier: page.hasEarlier }
}

/** Lets go of the oldest entries, so that a panel that stays open for days stays small. */
export function trimmed(held: Conversation, limit: number): Conversation {
  const transcript = trim(held.transcript, limit)
  return transcript === held.transcript ? held : { ...held, transcript, hasEarlier: true }
}
