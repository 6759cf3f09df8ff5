interface Notification {
  readonly method: string
  readonly payload: unknown
}

/** Unheard, a program says no more than a window of 1 MiB; this is more than that in base64. */
const mostUnheard = 2 << 20

/** What was said of processes before it is known which of them is ours: of each, as much as ours may have said by then. */
export class EarlyWords {
  readonly #said = new Map<string, { size: number; heard: Notification[] }>()

  add(notification: Notification): void {
    const { process, data = '' } = notification.payload as { process: string; data?: string }
    const known = this.#said.get(process) ?? { size: 0, heard: [] }
    this.#said.set(process, known)
    known.size += data.length
    if (known.size <= mostUnheard) known.heard.push(notification)
    // Somebody hears it, so it is not ours.
    else known.heard = []
  }

  of(process: string): readonly Notification[] {
    return this.#said.get(process)?.heard ?? []
  }
}
