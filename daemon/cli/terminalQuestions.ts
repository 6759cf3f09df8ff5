import { createInterface } from 'node:readline'
import type { ReadStream } from 'node:tty'
import type { Approval, Outcome } from '#protocol/approval.ts'
import { actionText } from './progress.ts'

/** The keyboard: a terminal's, or any stream. */
export type Keyboard = NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY' | 'setRawMode'>>

/** Asks for approvals at a terminal, one at a time. */
export class TerminalQuestions {
  readonly #keyboard: Keyboard
  readonly #screen: NodeJS.WritableStream
  readonly #interrupt: () => void
  #last: Promise<unknown> = Promise.resolve()

  /** `interrupt` is called for Ctrl+C, which a terminal does not make a signal of while it asks. */
  constructor(keyboard: Keyboard, screen: NodeJS.WritableStream, interrupt: () => void) {
    this.#keyboard = keyboard
    this.#screen = screen
    this.#interrupt = interrupt
  }

  /**
   * What was answered to this question; undefined when the signal withdrew it, whose reason is shown. Keys from before
   * the question was shown are no answer to it, and the end of the input denies.
   */
  ask(approval: Approval, signal: AbortSignal): Promise<Outcome | undefined> {
    const answered = this.#last.then(() => this.#ask(approval, signal))
    this.#last = answered
    return answered
  }

  async #ask({ action, reason }: Approval, signal: AbortSignal): Promise<Outcome | undefined> {
    if (signal.aborted) return undefined
    await forgetKeys(this.#keyboard)
    if (signal.aborted) {
      if (this.#keyboard.isTTY) this.#keyboard.setRawMode?.(false)
      return undefined
    }
    this.#screen.write(`${actionText(action)}\n${reason}\n`)
    const answer = await this.#line('Allow once (y), for this session (s), or deny (N)? ', signal)
    if (answer === undefined) {
      this.#screen.write(`\n${signal.reason}\n`)
      return undefined
    }
    if (/^y/i.test(answer)) return { type: 'allowOnce' }
    if (/^s/i.test(answer)) return { type: 'allowForSession' }
    return { type: 'deny' }
  }

  #line(prompt: string, signal: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve) => {
      const input = this.#keyboard
      const terminal = createInterface({ input, output: this.#screen, terminal: input.isTTY === true })
      const end = (answer?: string) => {
        signal.removeEventListener('abort', withdrawn)
        resolve(answer)
        terminal.close()
      }
      const withdrawn = () => end()
      signal.addEventListener('abort', withdrawn, { once: true })
      terminal.once('line', end)
      terminal.once('close', () => end(''))
      terminal.on('SIGINT', this.#interrupt)
      terminal.setPrompt(prompt)
      terminal.prompt()
    })
  }
}

/** Reads away what was typed so far, whole lines and begun ones. */
async function forgetKeys(keyboard: Keyboard): Promise<void> {
  const forget = () => {}
  if (keyboard.isTTY) keyboard.setRawMode?.(true)
  keyboard.on('data', forget)
  keyboard.resume()
  // What lies ready is read in the next turn of the event loop, which begins after this one has ended.
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
  keyboard.off('data', forget)
  keyboard.pause()
}
