import { type Figure, median, sampled, time } from './figure.ts'
import { ground } from './ground.ts'

const questions = 150

/** What an answer costs: from the click to its record, and to the start of what was allowed. */
export async function approvalFigures(): Promise<Figure[]> {
  const place = ground()
  try {
    const client = await place.connect()
    await place.script(client, ({ number }) =>
      number > questions
        ? { type: 'reply', text: 'Done.' }
        : {
            type: 'reply',
            calls: [{ tool: 'exec', arguments: { command: 'true', network: true, purpose: `${number}` } }],
          },
    )
    const { session } = await client.request('session/create', { folder: place.folder })
    const asked: number[] = []
    const answered: number[] = []
    const started: number[] = []
    let [repliedAt, answeredAt] = [0, 0]
    client.on('session/events', ({ events }) => {
      for (const { event } of events) {
        const now = performance.now()
        if (event.type === 'modelReplied') repliedAt = now
        if (event.type === 'approvalAsked') {
          asked.push(now - repliedAt)
          answeredAt = performance.now()
          void client.request('approval/answer', { approval: event.approval.id, outcome: { type: 'allowOnce' } })
        }
        if (event.type === 'approvalAnswered') answered.push(now - answeredAt)
        if (event.type === 'toolStarted') started.push(now - answeredAt)
      }
    })
    await place.run(client, session.id, 'go')
    const limit = {
      name: 'request round trip',
      value: median(await time(500, () => client.request('approval/list', {}), 50)),
    }
    return [
      sampled('question: from the reply to the card', asked, { limit }),
      sampled('answer: from the click to its record', answered, { limit }),
      sampled('answer: from the click to the start of what was allowed', started, { limit }),
    ]
  } finally {
    await place.leave()
  }
}
