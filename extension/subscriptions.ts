/** Who on this connection follows which session. The daemon knows one subscription per connection, we have two readers. */
export class Subscriptions {
  readonly #holders = new Map<string, Set<string>>()

  add(holder: string, session: string): void {
    const holders = this.#holders.get(session) ?? new Set()
    this.#holders.set(session, holders.add(holder))
  }

  /** True where nobody is left who follows the session: unsubscribe. */
  drop(holder: string, session: string): boolean {
    const holders = this.#holders.get(session)
    if (!holders?.delete(holder)) return false
    if (holders.size > 0) return false
    this.#holders.delete(session)
    return true
  }

  /** Drops everything of a holder; answers the sessions that nobody follows any more. */
  dropAll(holder: string): string[] {
    return [...this.#holders.keys()].filter((session) => this.drop(holder, session))
  }

  isFollowed(session: string): boolean {
    return this.#holders.has(session)
  }

  has(holder: string, session: string): boolean {
    return this.#holders.get(session)?.has(holder) ?? false
  }
}
