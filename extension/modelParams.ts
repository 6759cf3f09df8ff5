import type { ParamsOf } from '#protocol/methods.ts'

/** A key and the one origin that it may be sent to. */
export interface StoredKey {
  readonly origin: string
  readonly key: string
}

export const defaultBaseUrl = 'https://api.openai.com/v1'

/**
 * What the daemon is told about the model. Without a model's name it is the demo. The key goes along only where the
 * endpoint is the one it was entered for, so that changing the address never carries a key to a stranger.
 */
export function modelParams(
  settings: { readonly baseUrl: string; readonly name: string },
  stored: StoredKey | null,
): ParamsOf<'model/configure'> {
  const name = settings.name.trim()
  if (!name) return {}
  const baseUrl = settings.baseUrl.trim() || defaultBaseUrl
  const origin = originOf(baseUrl)
  return { model: name, baseUrl, ...(stored && origin === stored.origin ? { apiKey: stored.key } : {}) }
}

/** What is wrong with an endpoint's address, in words for whoever types it; null where nothing is. */
export function faultOfBaseUrl(text: string): string | null {
  const trimmed = text.trim()
  if (!trimmed) return 'Enter the address of an OpenAI-compatible endpoint, such as https://api.openai.com/v1.'
  if (!URL.canParse(trimmed))
    return 'This is no complete address. It begins with https:// (or http:// on this machine).'
  const url = new URL(trimmed)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'Only https:// and http:// addresses can be used.'
  if (url.username || url.password) return 'Leave the key out of the address; it is asked for next and kept secret.'
  return null
}

/** '' where it is no address. */
export function originOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).origin : ''
}

/** A key sent there could be read on the way: plain HTTP to another machine. */
export function isExposed(baseUrl: string): boolean {
  const url = new URL(baseUrl)
  return url.protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
}

/** Null for what is no key of ours, also one of an older form. */
export function parseStoredKey(text: string | undefined): StoredKey | null {
  if (!text) return null
  try {
    const { origin, key } = JSON.parse(text) as Partial<StoredKey>
    return typeof origin === 'string' && typeof key === 'string' ? { origin, key } : null
  } catch {
    return null
  }
}
