import { readFile } from 'node:fs/promises'
import { rootCertificates } from 'node:tls'

/** For programs to trust our certificates: `ca` is a file with `Egress.caPem`, `bundle` one with `caBundle` of it. Paths inside. */
export function caEnvironment({
  ca,
  bundle,
}: {
  readonly ca: string
  readonly bundle: string
}): Record<string, string> {
  return {
    // Adds to its own roots; the others replace theirs.
    NODE_EXTRA_CA_CERTS: ca,
    DENO_CERT: ca,
    SSL_CERT_FILE: bundle,
    REQUESTS_CA_BUNDLE: bundle,
    CURL_CA_BUNDLE: bundle,
    GIT_SSL_CAINFO: bundle,
    PIP_CERT: bundle,
    CARGO_HTTP_CAINFO: bundle,
    AWS_CA_BUNDLE: bundle,
  }
}

const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/** The roots that this machine trusts, and ours. */
export async function caBundle(caPem: string): Promise<string> {
  for (const path of systemBundles) {
    const roots = await readFile(path, 'utf8').catch(() => '')
    if (roots.includes('BEGIN CERTIFICATE')) return `${roots.trimEnd()}\n${caPem}`
  }
  return `${rootCertificates.join('\n')}\n${caPem}`
}
