import type { Message } from './model.ts'

/** What the model is told after a reply that its provider's limit cut in the middle of the text. */
export const goOn: Message & { role: 'user' } = {
  role: 'user',
  text: '[Your reply was cut off by the provider’s length limit. Go on where it ended.]',
}

export function isGoOn(message: Message): boolean {
  return message.role === 'user' && message.text === goOn.text
}
