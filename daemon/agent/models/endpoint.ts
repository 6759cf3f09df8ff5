/** The host and port of an address as told to the user; the text itself where it is no address. */
export function host(baseUrl: string): string {
  return URL.parse(baseUrl)?.host ?? baseUrl
}
